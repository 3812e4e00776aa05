import type Dockerode from "dockerode";
import { hashImageContent, imageTag } from "../../model/image/build-context";
import { withoutSecrets } from "../../model/values/without-secrets";
import { copyImage, fetchBaseImage, imageIdOf } from "../base-image/client";
import { pullImage } from "../image-pull/pull-image";
import { authConfig } from "../registry/registry-auth";
import { withRegistryRunning } from "../registry/registry-running";
import { withEngine } from "../transport/engine";
import { isTransportError, messageOf } from "../transport/errors";
import type { HostAccess } from "../transport/host-access";
import { BUILD_SECONDS } from "./buildkit";
import { buildImage, inspectImage, knownDigest, pushImage, registryDigest } from "./client";
import { hashBuildContext } from "./context";
import {
  type BuiltImage,
  CONTENT_LABEL,
  type ImageBuildInputs,
  UPDATED_LABEL,
} from "./image-build-state";
import { renewBases } from "./renew-bases";
import { reportWarning } from "../progress/progress-line";

/** Where an image is built. */
interface Place {
  readonly host: HostAccess;
  readonly push: boolean;
  /**
   * Hosts that may have the image if the registry does not, in the order of asking.
   */
  readonly copies?: readonly Copy[];
  /** Whether a build runs every step: the first one for an update. */
  readonly noCache: boolean;
}

/** An image on another host. */
interface Copy {
  readonly host: HostAccess;
  /** `<repository>@sha256:…`; absent for the image's name. */
  readonly reference?: string;
}

/** Facts about the image from the last run. */
interface Known {
  /** Name of the host that built it while the build host was unreachable; empty if none did. */
  readonly builtOn: string;
  /** Its digest in the registry, `sha256:…`; empty if it was not pushed. */
  readonly digest: string;
  /** The update that it was built for; undefined for none. */
  readonly updated: string | undefined;
}

/**
 * Makes sure that the image is on the build host and, if wanted, in the registry. When the build
 * host is unreachable, another one builds the image, and it is in no registry.
 *
 * A registry that lost the image gets it back from a host that has it. So a replaced repository
 * server builds nothing again, and the digest and the running services stay the same.
 */
export async function ensureBuilt(
  inputs: ImageBuildInputs,
  { builtOn, digest, updated }: Known,
): Promise<BuiltImage> {
  const noCache = inputs.updated !== undefined && inputs.updated !== updated;
  const { host, push, fallbackHosts = [], registryUnit } = inputs;
  const registry = push && registryUnit !== undefined ? { host, unit: registryUnit } : undefined;
  try {
    const copies: Copy[] = fallbackHosts
      .filter(({ name }) => name === builtOn)
      .map((other) => ({ host: other }));
    if (digest !== "") {
      const reference = `${inputs.repository}@${digest}`;
      copies.push(...fallbackHosts.map((other) => ({ host: other, reference })));
    }
    return await onceMoreAfterLoss(() =>
      withRegistryRunning(registry, () => ensureAt(inputs, { host, push, copies, noCache })),
    );
  } catch (error) {
    const isUnreachable = isTransportError(error, "unreachable", "engine", "lost");
    if (isUnreachable && push && fallbackHosts.length > 0)
      return await ensureElsewhere(inputs, noCache, error);
    const secrets = [
      inputs.registryAuth?.password ?? "",
      ...Object.values(inputs.buildSecrets ?? {}),
    ];
    throw masked(error, secrets);
  }
}

/**
 * A host whose connection broke, but that answers again, goes on with the work; a dead host is
 * unreachable.
 */
async function onceMoreAfterLoss<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isTransportError(error, "lost")) throw error;
    return await work();
  }
}

/** Builds on the first of the other hosts that answers. */
async function ensureElsewhere(
  inputs: ImageBuildInputs,
  noCache: boolean,
  reason: Error,
): Promise<BuiltImage> {
  const { host, fallbackHosts = [], repository } = inputs;
  const away = [`  ${host.name}: ${messageOf(reason)}`];
  for (const other of fallbackHosts) {
    try {
      const built = await ensureAt(inputs, { host: other, push: false, noCache });
      reportWarning(
        `${host.name} is unreachable, so ${other.name} built ${repository}. The image is in no registry yet; the next run pushes it.`,
      );
      return { ...built, builtOn: other.name };
    } catch (error) {
      if (!isTransportError(error, "unreachable", "engine")) {
        throw masked(error, Object.values(inputs.buildSecrets ?? {}));
      }
      away.push(`  ${other.name}: ${messageOf(error)}`);
    }
  }
  throw new Error(`No host can build ${repository}:\n${away.join("\n")}`);
}

/** Makes sure that the image is on one host and, if wanted, in the registry. */
async function ensureAt(inputs: ImageBuildInputs, place: Place): Promise<BuiltImage> {
  const { contextFolder, repository } = inputs;
  const { host } = place;
  const secrets = inputs.buildSecrets ?? {};
  return await withEngine(
    host,
    async (docker, signal) => {
      if (host.name !== inputs.host.name) await ensureBaseImage(docker, inputs, host, signal);
      const contentHash = hashImageContent({
        ...inputs,
        baseImageId: inputs.baseImageId ?? "",
        secretNames: Object.keys(secrets),
      });
      const tag = imageTag(contentHash);
      const present = await findImage(docker, inputs, place, contentHash, signal);
      if (present === undefined) {
        requireUnchangedContext(inputs);
        const request = {
          contextFolder,
          name: `${repository}:${tag}`,
          buildArguments: inputs.buildArguments,
          labels: {
            ...inputs.labels,
            [CONTENT_LABEL]: contentHash,
            ...(inputs.updated === undefined ? {} : { [UPDATED_LABEL]: inputs.updated }),
          },
          noCache: place.noCache,
          target: inputs.target,
          secrets,
          networkMode: inputs.networkMode,
        };
        if (place.noCache) await renewBases(docker, host.name, inputs, signal);
        await buildImage(docker, host, request, signal);
        await pruneLeftovers(docker);
      }
      const image = await docker.getImage(`${repository}:${tag}`).inspect();
      const built = { tag, imageId: image.Id, builtOn: "", builtAt: image.Created ?? "" };
      if (!place.push) return { ...built, digest: "", reference: image.Id, pushed: false };
      const digest = await ensurePushed(docker, inputs, tag, image, signal);
      return { ...built, digest, reference: `${repository}@${digest}`, pushed: true };
    },
    { deadlineSeconds: BUILD_SECONDS },
  );
}

/** Makes sure that another host has the image that the Dockerfile starts from. */
async function ensureBaseImage(
  docker: Dockerode,
  { baseImage, baseImageId, updated }: ImageBuildInputs,
  host: HostAccess,
  signal: AbortSignal,
): Promise<void> {
  if (baseImage === undefined) return;
  const present = await imageIdOf(docker, baseImage.reference);
  // An image of before the update must not become the base of what is called updated.
  const isAnyRight = (baseImage.digest ?? "") === "" && updated === undefined;
  const isRight = isAnyRight || present === baseImageId;
  if (present !== undefined && isRight) return;
  await fetchBaseImage(docker, host.name, baseImage, signal);
}

/**
 * Copies an image from a host, and names it.
 *
 * @returns false when the host does not have exactly this image or does not answer: then the caller
 *   looks elsewhere, or builds it.
 */
async function fetchFrom(
  { host, reference }: Copy,
  target: Dockerode,
  { repository }: ImageBuildInputs,
  contentHash: string,
  signal: AbortSignal,
): Promise<boolean> {
  const tag = imageTag(contentHash);
  const name = reference ?? `${repository}:${tag}`;
  const options = { deadlineSeconds: BUILD_SECONDS, dialSeconds: 5, signal };
  const copy = async (docker: Dockerode, inner: AbortSignal): Promise<boolean> => {
    const image = await inspectImage(docker, name);
    if (image === undefined || !hasContent(image, contentHash)) return false;
    await copyImage(docker, target, name, inner);
    // An image that was copied by digest arrives without a name.
    if (reference !== undefined) await target.getImage(image.Id).tag({ repo: repository, tag });
    return true;
  };
  return await withEngine(host, copy, options).catch(() => false);
}

function hasContent(image: Dockerode.ImageInspectInfo | undefined, contentHash: string): boolean {
  return image?.Config.Labels?.[CONTENT_LABEL] === contentHash;
}

/**
 * Removes untagged images of earlier builds, such as other stages, when they are a week old. Errors
 * are ignored: the next run tries again.
 */
async function pruneLeftovers(docker: Dockerode): Promise<void> {
  const filters = JSON.stringify({ dangling: { true: true }, until: { "168h": true } });
  await docker.pruneImages({ filters }).catch(() => undefined);
}

/**
 * Finds an image with exactly this content: on the host, else in the registry, else on another
 * host.
 */
async function findImage(
  docker: Dockerode,
  inputs: ImageBuildInputs,
  place: Place,
  contentHash: string,
  signal: AbortSignal,
): Promise<Dockerode.ImageInspectInfo | undefined> {
  const tag = imageTag(contentHash);
  const name = `${inputs.repository}:${tag}`;
  const onHost = await inspectImage(docker, name);
  if (hasContent(onHost, contentHash)) return onHost;
  if (!place.push) return undefined;
  const digest = await registryDigest(docker, name, inputs.registryAuth);
  if (digest !== undefined) {
    await pullImage(docker, name, authConfig(inputs.repository, inputs.registryAuth), signal);
  } else {
    for (const copy of place.copies ?? []) {
      if (await fetchFrom(copy, docker, inputs, contentHash, signal)) break;
    }
  }
  const fetched = await inspectImage(docker, name);
  return hasContent(fetched, contentHash) ? fetched : undefined;
}

/**
 * Pushes the image unless the registry has exactly this one; returns the digest that the registry
 * then reports.
 */
async function ensurePushed(
  docker: Dockerode,
  inputs: ImageBuildInputs,
  tag: string,
  image: Dockerode.ImageInspectInfo,
  signal: AbortSignal,
): Promise<string> {
  const { repository, registryAuth, host } = inputs;
  const name = `${repository}:${tag}`;
  const inRegistry = await registryDigest(docker, name, registryAuth);
  if (inRegistry !== undefined && inRegistry === knownDigest(image, repository)) return inRegistry;
  const pushed = await pushImage(docker, repository, tag, registryAuth, signal);
  const confirmed = await registryDigest(docker, name, registryAuth);
  if (confirmed === pushed) return pushed;
  throw new Error(
    `${host.name} pushed ${name} as ${pushed}, but the registry answers ${confirmed ?? "that it has no such image"}. ` +
      "Did something else push the same tag? Run again.",
  );
}

/** A file that changes during a run must not end up under the hash of its earlier content. */
function requireUnchangedContext({ contextFolder, contextHash }: ImageBuildInputs): void {
  if (hashBuildContext(contextFolder) === contextHash) return;
  throw new Error(
    `Files in ${contextFolder} changed during the run, so nothing was built. Run again.`,
  );
}

/** The same error with any secrets masked. */
function masked(error: unknown, secrets: readonly string[]): unknown {
  if (!(error instanceof Error) || isTransportError(error)) return error;
  const message = withoutSecrets(error.message, secrets);
  return message === error.message ? error : new Error(message);
}
