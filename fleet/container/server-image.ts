import { join } from "node:path";
import { hashBuildContext } from "../../providers/image-build/context";

/** Folder of the server image, relative to the project's root. */
export const serverImageContext = "platform/images/host";

/**
 * Tag of the server image, 12 hex digits: changes with any file of the image's folder. Every server
 * container has it as the label `serverImageLabel` of `fleet/container/replacement.ts`.
 */
export function serverImageTag(): string {
  return hashBuildContext(join(__dirname, "..", "..", serverImageContext)).slice(0, 12);
}
