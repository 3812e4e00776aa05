import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Plan } from "../../model/plan";
import { hashBuildContext } from "../../providers/image-build/context";

/** Folder of the server image, relative to the project's root. */
export const serverImageContext = "platform/images/host";

/**
 * Tag of the server image, 12 hex digits: changes with any file of the image's folder, and with the
 * time of the last update. Every server container has it as the label `serverImageLabel` of
 * `fleet/container/replacement.ts`.
 */
export function serverImageTag({ updated }: Pick<Plan, "updated">): string {
  const context = hashBuildContext(join(__dirname, "..", "..", serverImageContext));
  const content =
    updated === undefined
      ? context
      : createHash("sha256").update(`${context} ${updated}`).digest("hex");
  return content.slice(0, 12);
}
