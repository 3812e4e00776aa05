import type Dockerode from "dockerode";
import { readEngineProgress } from "../progress/engine-progress";
import { pullImage } from "../image-pull/pull-image";
import { reportWarning } from "../progress/progress-line";
import { withDeadline } from "../transport/deadline";
import { messageOf } from "../transport/errors";
import { engineStatus } from "../transport/engine";

/** The id of an image on a Docker Engine; undefined when it does not have the image. */
export async function imageIdOf(docker: Dockerode, reference: string): Promise<string | undefined> {
  try {
    return (await docker.getImage(reference).inspect()).Id;
  } catch (error) {
    if (engineStatus(error) === 404) return undefined;
    throw error;
  }
}

/**
 * Copies an image from one engine to another, as a stream without a file in between.
 *
 * @param target - the engine that gets the image.
 * @throws Error when one of the two breaks the connection or refuses.
 */
export async function copyImage(
  source: Dockerode,
  target: Dockerode,
  reference: string,
  signal: AbortSignal,
): Promise<void> {
  const broken = new AbortController();
  const archive = await source.getImage(reference).get();
  archive.once("error", (error) => broken.abort(error));
  // The stream closed without its own end: the local Docker Engine broke the connection.
  archive.once("close", () => {
    if (!(archive as NodeJS.ReadableStream & { readableEnded?: boolean }).readableEnded) {
      broken.abort(
        new Error("The local Docker Engine broke the connection while it sent the image."),
      );
    }
  });
  const answer = await target
    .loadImage(archive, { abortSignal: AbortSignal.any([signal, broken.signal]) })
    .catch((error: unknown) => {
      throw broken.signal.aborted ? broken.signal.reason : error;
    });
  const failure = await readEngineProgress(answer, () => undefined);
  if (failure !== undefined) throw new Error(`Loading ${reference} failed: ${failure}`);
}

/**
 * Gets an image onto a Docker Engine: from this computer's Docker Engine if that is wanted and it
 * has the image, else from the registry.
 *
 * @param hostName - for messages.
 * @throws Error with the host, the image, and what to do.
 */
export async function fetchImage(
  docker: Dockerode,
  hostName: string,
  reference: string,
  seedFromLocalEngine: boolean,
  signal: AbortSignal,
): Promise<void> {
  const local = seedFromLocalEngine ? await openLocalEngine(reference) : undefined;
  if (local !== undefined) return await copyImage(local, docker, reference, signal);
  try {
    await pullImage(docker, reference, undefined, signal);
  } catch (error) {
    const hint = seedFromLocalEngine
      ? `This computer's Docker Engine does not have it either: get it with 'docker pull ${reference}' or 'npm start', then run again.`
      : `Does ${hostName} reach the registry that holds it?`;
    throw new Error(`${hostName} has no image ${reference}. ${(error as Error).message}. ${hint}`, {
      cause: error,
    });
  }
}

/**
 * Gets a base image onto a Docker Engine: the one with the digest while its registry has it, else
 * the one that the reference means today.
 *
 * @param digest - `sha256:…` as the registry knows it; empty for an image that came from no
 *   registry.
 * @throws Error with the host, the image, and what to do.
 */
export async function fetchBaseImage(
  docker: Dockerode,
  hostName: string,
  source: {
    readonly reference: string;
    readonly seedFromLocalEngine: boolean;
    readonly digest?: string;
  },
  signal: AbortSignal,
): Promise<void> {
  const { reference, seedFromLocalEngine, digest = "" } = source;
  if (digest !== "") {
    const [, repository = "", tag = "latest"] = /^(.*?)(?::([^:/]+))?$/.exec(reference) ?? [];
    const exact = `${repository}@${digest}`;
    try {
      await pullImage(docker, exact, undefined, signal);
      await docker.getImage(exact).tag({ repo: repository, tag });
      return;
    } catch (error) {
      reportWarning(
        `${hostName} cannot get ${exact}, on which images were based so far (${messageOf(error)}). ` +
          `It uses the current ${reference}; unchanged images are not built again.`,
      );
    }
  }
  await fetchImage(docker, hostName, reference, seedFromLocalEngine, signal);
}

/**
 * Gets the image that a reference means today: that of this computer's Docker Engine if that is
 * wanted and it has one, else that of the registry, which is asked in any case.
 *
 * @param present - id of the image that the engine has under the reference; undefined for none.
 * @throws Error with the host, the image, and what to do.
 */
export async function fetchNewest(
  docker: Dockerode,
  hostName: string,
  source: {
    readonly reference: string;
    readonly seedFromLocalEngine: boolean;
    readonly present: string | undefined;
  },
  signal: AbortSignal,
): Promise<void> {
  const { reference, seedFromLocalEngine, present } = source;
  const local = seedFromLocalEngine ? await openLocalEngine(reference) : undefined;
  if (local !== undefined) {
    if ((await imageIdOf(local, reference)) !== present)
      await copyImage(local, docker, reference, signal);
    return;
  }
  try {
    await pullImage(docker, reference, undefined, signal);
  } catch (error) {
    throw new Error(
      `${hostName} could not ask for a newer ${reference}: ${messageOf(error)}. Images stay as they are. ` +
        `Does ${hostName} reach the registry that holds it? Run again, or take hive:updated back.`,
      { cause: error },
    );
  }
}

/**
 * The digest under which a registry knows an image of an engine; empty for one that came from no
 * registry.
 */
export async function repositoryDigestOf(docker: Dockerode, reference: string): Promise<string> {
  const { RepoDigests } = await docker.getImage(reference).inspect();
  return RepoDigests?.[0]?.split("@")[1] ?? "";
}

/** This computer's Docker Engine if it answers and has the image. */
export async function openLocalEngine(reference: string): Promise<Dockerode | undefined> {
  const Docker = require("dockerode") as typeof Dockerode;
  const docker = new Docker();
  const noAnswer = (): Error => new Error("This computer's Docker Engine does not answer.");
  try {
    const imageId = await withDeadline(5, noAnswer, () => imageIdOf(docker, reference));
    return imageId === undefined ? undefined : docker;
  } catch {
    return undefined;
  }
}
