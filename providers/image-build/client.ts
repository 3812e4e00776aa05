import type Dockerode from "dockerode";
import { type EngineMessage, readEngineProgress } from "../engine-progress";
import { engineStatus } from "../transport/engine";
import { packBuildContext } from "./context";

/** An account of a registry. */
export interface RegistryAuth {
  readonly username: string;
  /** Secret. */
  readonly password: string;
}

/** An image to build. */
export interface BuildRequest {
  readonly contextFolder: string;
  /** `<repository>:<tag>` that the result gets. */
  readonly name: string;
  readonly buildArguments: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  /** Network of the RUN steps, e.g. `host`. Default: the engine's own bridge. */
  readonly networkMode?: string | undefined;
}

/** Lines of a failed build's output that are shown. */
const SHOWN_LINES = 20;

/**
 * Builds an image.
 *
 * @param hostName - for messages.
 * @returns the image's id, `sha256:…`.
 * @throws Error with the step that failed, the end of its output, and the remedy where one is known. Nothing that runs
 *   has changed then.
 */
export async function buildImage(
  docker: Dockerode,
  hostName: string,
  request: BuildRequest,
  signal: AbortSignal,
): Promise<string> {
  const broken = new AbortController();
  const context = packBuildContext(request.contextFolder);
  context.once("error", (error) => broken.abort(error));
  const answer = await docker
    .buildImage(context, {
      t: request.name,
      buildargs: request.buildArguments,
      labels: request.labels,
      ...(request.networkMode === undefined ? {} : { networkmode: request.networkMode }),
      rm: true,
      forcerm: true,
      abortSignal: AbortSignal.any([signal, broken.signal]),
    })
    .catch((error: unknown) => {
      throw broken.signal.aborted ? broken.signal.reason : error;
    });
  const log: string[] = [];
  let step = "";
  let imageId: string | undefined;
  const failure = await readEngineProgress(answer, (message) => {
    imageId = message.aux?.ID ?? imageId;
    for (const line of withoutColours(message.stream ?? "").split(/[\r\n]+/)) {
      if (/^Step \d+\/\d+ :/.test(line)) step = line.trim();
      if (line.trim() !== "") log.push(line.trimEnd());
    }
  });
  if (failure === undefined && imageId !== undefined) return imageId;
  throw new Error(
    describeBuildFailure(hostName, request, step, failure ?? "the engine named no image", log),
  );
}

/** The builder colours what a step writes to standard error. */
function withoutColours(text: string): string {
  const escape = String.fromCharCode(27);
  return text.replaceAll(new RegExp(`${escape}\\[[0-9;]*m`, "g"), "");
}

/** The message for a failed build. */
export function describeBuildFailure(
  hostName: string,
  request: Pick<BuildRequest, "contextFolder" | "name">,
  step: string,
  failure: string,
  log: readonly string[],
): string {
  const output = log.slice(-SHOWN_LINES).map((line) => `  | ${line}`);
  return [
    `Building ${request.name} from ${request.contextFolder} on ${hostName} failed${step === "" ? "" : ` at "${step}"`}: ${failure.trim()}`,
    ...remedyFor(`${failure}\n${log.slice(-SHOWN_LINES).join("\n")}`, hostName),
    ...(output.length === 0 ? [] : [`The end of its output:`, ...output]),
    "Nothing that runs was changed.",
  ].join("\n");
}

/** What to do about the failures that are known. */
function remedyFor(text: string, hostName: string): string[] {
  if (/no space left on device|disk quota exceeded/i.test(text)) {
    return [
      `The disk of ${hostName} is full. Free space there, e.g. with 'docker system prune' on the host, or give it a larger disk; then run again.`,
    ];
  }
  if (/temporary failure (resolving|in name resolution)|could not resolve/i.test(text)) {
    return [
      `A build step on ${hostName} could not resolve a name: check that the host reaches its name servers and the network.`,
    ];
  }
  if (/pull access denied|manifest unknown|manifest for .* not found/i.test(text)) {
    return [
      `The image that the Dockerfile starts from (FROM) is not on ${hostName} and could not be pulled.`,
    ];
  }
  return [];
}

/**
 * Pushes `<repository>:<tag>`.
 *
 * @returns the digest, `sha256:…`, as the registry gave it.
 * @throws Error that names image and registry; the password is in none.
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
  const failure = await readEngineProgress(answer, (message: EngineMessage) => {
    digest = message.aux?.Digest ?? digest;
  });
  if (failure === undefined && digest !== undefined) return digest;
  throw new Error(
    `Pushing ${repository}:${tag} failed: ${failure ?? "the registry named no digest"}`,
  );
}

/** What the host's engine knows of an image; undefined when it does not have it. */
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
 * The digest that a registry holds under a name, asked through the host's engine (which trusts the registry and
 * resolves its name).
 *
 * @returns undefined when the registry answers that it has no such image.
 * @throws Error when the registry does not answer or refuses the account.
 */
export async function registryDigest(
  docker: Dockerode,
  repository: string,
  tag: string,
  auth: RegistryAuth | undefined,
): Promise<string | undefined> {
  try {
    const found = (await docker
      .getImage(`${repository}:${tag}`)
      .distribution({ authconfig: authConfig(repository, auth) })) as {
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

/** Credentials as the engine wants them; dockerode sends them in a header, never in the address. */
export function authConfig(
  repository: string,
  auth: RegistryAuth | undefined,
): { username: string; password: string; serveraddress: string } | undefined {
  if (auth === undefined) return undefined;
  const [serveraddress = ""] = repository.split("/");
  return { username: auth.username, password: auth.password, serveraddress };
}

/** The engine passes a registry's "no such image" on in words. */
function isUnknownManifest(error: unknown): boolean {
  return (
    error instanceof Error &&
    engineStatus(error) !== undefined &&
    /manifest unknown|name unknown|no such manifest|not found/i.test(error.message)
  );
}
