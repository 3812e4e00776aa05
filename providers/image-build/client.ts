import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type Dockerode from "dockerode";
import { needsBuildKit } from "../../model/image/builder";
import { type EngineMessage, readEngineProgress } from "../progress/engine-progress";
import { authConfig, type RegistryAuth } from "../registry/registry-auth";
import { steadyProgress } from "../progress/steady-progress";
import { engineStatus } from "../transport/engine";
import type { HostAccess } from "../transport/host-access";
import type { BuildRequest } from "./build-request";
import { describeBuildFailure } from "./build-failure";
import { startBuildLog } from "./build-log";
import { buildWithBuildKit } from "./buildkit";
import { packBuildContext } from "./context";

/**
 * Builds an image, with BuildKit if the Dockerfile or its secrets need that.
 *
 * @throws Error with the failed step, the end of its output, and the remedy if one is known.
 *   Running services are unchanged then. The error contains no secret, even if a step printed one.
 */
export async function buildImage(
  docker: Dockerode,
  host: HostAccess,
  request: BuildRequest,
  signal: AbortSignal,
): Promise<void> {
  const dockerfile = readFileSync(join(resolve(request.contextFolder), "Dockerfile"), "utf8");
  await (needsBuildKit(dockerfile, Object.keys(request.secrets))
    ? buildWithBuildKit(host, request, signal)
    : buildClassically(docker, host.name, request, signal));
}

/** Builds an image with the Engine API and the classic builder, which every Docker Engine has. */
async function buildClassically(
  docker: Dockerode,
  hostName: string,
  request: BuildRequest,
  signal: AbortSignal,
): Promise<void> {
  const log = startBuildLog(request.name, []);
  try {
    const answer = await startBuild(docker, request, signal);
    let imageId: string | undefined;
    const failure = await readEngineProgress(answer, (message) => {
      imageId = message.aux?.ID ?? imageId;
      const text = message.stream ?? "";
      const [step] = /^Step \d+\/\d+ :.*/.exec(text) ?? [];
      if (step !== undefined) log.enter(step);
      log.add(text);
    });
    if (failure === undefined && imageId !== undefined) return;
    const reason = failure ?? "the Docker Engine returned no image id";
    throw new Error(describeBuildFailure(hostName, request, log.step(), reason, log.lines()));
  } finally {
    log.end();
  }
}

/** Sends the context; returns the Docker Engine's answer. */
async function startBuild(
  docker: Dockerode,
  request: BuildRequest,
  signal: AbortSignal,
): Promise<NodeJS.ReadableStream> {
  const broken = new AbortController();
  const context = packBuildContext(request.contextFolder);
  context.once("error", (error) => broken.abort(error));
  return await docker
    .buildImage(context, {
      t: request.name,
      buildargs: request.buildArguments,
      labels: request.labels,
      ...(request.target === undefined ? {} : { target: request.target }),
      ...(request.networkMode === undefined ? {} : { networkmode: request.networkMode }),
      ...(request.noCache ? { nocache: true } : {}),
      rm: true,
      forcerm: true,
      abortSignal: AbortSignal.any([signal, broken.signal]),
    })
    .catch((error: unknown) => {
      throw broken.signal.aborted ? broken.signal.reason : error;
    });
}

/**
 * Pushes `<repository>:<tag>`.
 *
 * @returns the digest, `sha256:…`, as the registry reports it.
 * @throws Error that names image and registry, and never contains the password.
 */
export async function pushImage(
  docker: Dockerode,
  repository: string,
  tag: string,
  auth: RegistryAuth | undefined,
  signal: AbortSignal,
): Promise<string> {
  const answer = await docker
    .getImage(`${repository}:${tag}`)
    .push({ authconfig: authConfig(repository, auth), abortSignal: signal });
  let digest: string | undefined;
  const layers = new Map<string, boolean>();
  const progress = steadyProgress(`image ${repository.replace(/^.*\//, "")}`);
  const failure = await readEngineProgress(answer, (message: EngineMessage) => {
    digest = message.aux?.Digest ?? digest;
    if (message.id === undefined || message.id === tag) return;
    layers.set(message.id, /^(Pushed|Layer already exists|Mounted)/.test(message.status ?? ""));
    const done = [...layers.values()].filter((isDone) => isDone).length;
    progress.say(`pushing, ${done} of ${layers.size} layers are in the registry`);
  }).finally(() => progress.end());
  if (failure === undefined && digest !== undefined) return digest;
  throw new Error(
    `Pushing ${repository}:${tag} failed: ${failure ?? "the registry returned no digest"}`,
  );
}

/** The host's Docker Engine's record of an image; undefined when it does not have it. */
export async function inspectImage(
  docker: Dockerode,
  name: string,
): Promise<Dockerode.ImageInspectInfo | undefined> {
  try {
    return await docker.getImage(name).inspect();
  } catch (error) {
    if (engineStatus(error) === 404) return undefined;
    throw error;
  }
}

/**
 * The digest that a registry holds under a reference by tag or by digest, asked through the host's
 * Docker Engine (which trusts the registry and resolves its name).
 *
 * @returns undefined when the registry answers that it has no such image.
 * @throws Error when the registry does not answer or refuses the account.
 */
export async function registryDigest(
  docker: Dockerode,
  reference: string,
  auth: RegistryAuth | undefined,
): Promise<string | undefined> {
  try {
    const found = (await docker
      .getImage(reference)
      .distribution({ authconfig: authConfig(reference, auth) })) as {
      readonly Descriptor: { readonly digest: string };
    };
    return found.Descriptor.digest;
  } catch (error) {
    if (isUnknownManifest(error)) return undefined;
    throw error;
  }
}

/** The registry's digest of an image that the host holds, from an earlier push or pull. */
export function knownDigest(
  image: Dockerode.ImageInspectInfo,
  repository: string,
): string | undefined {
  const prefix = `${repository}@`;
  const found = image.RepoDigests?.find((digest) => digest.startsWith(prefix));
  return found?.slice(prefix.length);
}

/** The Docker Engine passes a registry's "no such image" on as text only. */
function isUnknownManifest(error: unknown): boolean {
  return (
    error instanceof Error &&
    engineStatus(error) !== undefined &&
    /manifest unknown|name unknown|no such manifest|not found/i.test(error.message)
  );
}
