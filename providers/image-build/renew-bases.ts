import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type Dockerode from "dockerode";
import { baseReferences } from "../../model/image/base-references";
import { imageIdOf } from "../base-image/client";
import { pullImage } from "../image-pull/pull-image";
import { reportWarning } from "../progress/progress-line";
import { messageOf } from "../transport/errors";
import type { ImageBuildInputs } from "./image-build-state";

/**
 * Asks the registries for newer forms of the images that a Dockerfile starts from, before a build
 * for an update. The base image that a resource of its own keeps is left alone. If a registry does
 * not answer, the image that the host has stays, with a warning: the packages are renewed in any
 * case.
 *
 * @param hostName for messages
 */
export async function renewBases(
  docker: Dockerode,
  hostName: string,
  { contextFolder, repository, baseImageId }: ImageBuildInputs,
  signal: AbortSignal,
): Promise<void> {
  const dockerfile = readFileSync(join(resolve(contextFolder), "Dockerfile"), "utf8");
  for (const reference of baseReferences(dockerfile)) {
    const present = await imageIdOf(docker, reference);
    // The build itself gets what is missing.
    if (present === undefined || present === baseImageId) continue;
    try {
      await pullImage(docker, reference, undefined, signal);
    } catch (error) {
      signal.throwIfAborted();
      reportWarning(
        `${hostName} could not ask for a newer ${reference} (${messageOf(error)}), so ${repository} is built on the one that it has.`,
      );
    }
  }
}
