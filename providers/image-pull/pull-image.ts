import type Dockerode from "dockerode";
import { readEngineProgress } from "../progress/engine-progress";
import type { EngineAuth } from "../registry/registry-auth";

/**
 * Pulls an image.
 *
 * @param reference - `<repository>:<tag>` or `<repository>@sha256:…`.
 * @param auth - account of the registry; undefined for a public one.
 * @throws Error with the image and the registry's answer.
 */
export async function pullImage(
  docker: Dockerode,
  reference: string,
  auth: EngineAuth | undefined,
  signal: AbortSignal,
): Promise<void> {
  const answer = await docker.createImage(auth, { fromImage: reference, abortSignal: signal });
  const failure = await readEngineProgress(answer, () => undefined);
  if (failure !== undefined) throw new Error(`Pulling ${reference} failed: ${failure}`);
}
