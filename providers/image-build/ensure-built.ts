import type Dockerode from "dockerode";
import { hashImageContent, imageTag } from "../../model/build-context";
import { withoutSecrets } from "../../model/without-secrets";
import { copyImage, fetchImage, imageIdOf } from "../base-image/client";
import { pullImage } from "../image-pull/pull-image";
import { authConfig } from "../registry-auth";
import { withRegistryRunning } from "../registry-revival";
import { withEngine } from "../transport/engine";
import { isTransportError, messageOf } from "../transport/errors";
import type { HostAccess } from "../transport/host-access";
import { BUILD_SECONDS } from "./buildkit";
import { buildImage, inspectImage, knownDigest, pushImage, registryDigest } from "./client";
import { hashBuildContext } from "./context";
import { type BuiltImage, CONTENT_LABEL, type ImageBuildInputs } from "./image-build-state";
import { reportWarning } from "../progress-line";

/** Where an image is built. */
interface Place {
  readonly host: HostAccess;
  readonly push: boolean;
  /** Another host that may have the image, from a time when this one was away. */
  readonly copyFrom?: HostAccess | undefined;
}

/**
 * Makes sure that the image is on the build host and, if wanted, in the registry. When the build host is away, another one builds it,
 * and it is in no registry.
 *
 * @param builtOn - name of the host that has built it before in this way; empty if none has.
 */
export async function ensureBuilt(inputs: ImageBuildInputs, builtOn: string): Promise<BuiltImage> {
  const { host, push, fallbackHosts = [], registryUnit } = inputs;
  const registry = push && registryUnit !== undefined ? { host, unit: registryUnit } : undefined;
  try {
    const copyFrom = fallbackHosts.find(({ name }) => name === builtOn);
    return await onceMoreAfterLoss(() =>
      withRegistryRunning(registry, () => ensureAt(inputs, { host, push, copyFrom })),
    );
  } catch (error) {
    const isAway = isTransportError(error, "unreachable", "engine", "lost");
    if (isAway && push && fallbackHosts.length > 0) return await ensureElsewhere(inputs, error);
    const secrets = [
      inputs.registryAuth?.password ?? "",
      ...Object.values(inputs.buildSecrets ?? {}),
    ];
    throw masked(error, secrets);
  }
}

/** A host that is lost in the middle of its work and answers again goes on where it was; one that died is unreachable then. */
async function onceMoreAfterLoss<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isTransportError(error, "lost")) throw error;
    return await work();
  }
}

/** Builds on the first of the other hosts that answers. */
async function ensureElsewhere(inputs: ImageBuildInputs, reason: Error): Promise<BuiltImage> {
  const { host, fallbackHosts = [], repository } = inputs;
  const away = [`  ${host.name}: ${messageOf(reason)}`];
  for (const other of fallbackHosts) {
    try {
      const built = await ensureAt(inputs, { host: other, push: false });
      reportWarning(
        `${host.name} is away, so ${other.name} built ${repository}. The image is in no registry; the next run brings it there.`,
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

/** Makes sure that the image is at a place. */
async function ensureAt(inputs: ImageBuildInputs, place: Place): Promise<BuiltImage> {
  const { contextFolder, repository } = inputs;
  const { host } = place;
  const secrets = inputs.buildSecrets ?? {};
  return await withEngine(
    host,
    async (docker, signal) => {
      const isElsewhere = host.name !== inputs.host.name;
      const baseImageId = isElsewhere
        ? await ensureBaseImage(docker, inputs, host, signal)
        : inputs.baseImageId;
      const contentHash = hashImageContent({
        ...inputs,
        baseImageId: baseImageId ?? "",
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
          labels: { ...inputs.labels, [CONTENT_LABEL]: contentHash },
          target: inputs.target,
          secrets,
          networkMode: inputs.networkMode,
        };
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

/**
 * Makes sure that another host has the image that the Dockerfile starts from.
 *
 * @returns its id there, because the host may have got a newer one, which makes another image; undefined if that is not tracked.
 */
async function ensureBaseImage(
  docker: Dockerode,
  { baseImage, baseImageId }: ImageBuildInputs,
  host: HostAccess,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (baseImage === undefined) return baseImageId;
  const { reference, seedFromLocalEngine } = baseImage;
  if ((await imageIdOf(docker, reference)) === undefined) {
    await fetchImage(docker, host.name, reference, seedFromLocalEngine, signal);
  }
  return baseImageId === undefined ? undefined : await imageIdOf(docker, reference);
}

/** Copies an image from a host; failing is no failure, it is built then. */
async function fetchFrom(
  source: HostAccess,
  target: Dockerode,
  name: string,
  signal: AbortSignal,
): Promise<void> {
  const options = { deadlineSeconds: BUILD_SECONDS, dialSeconds: 5, signal };
  await withEngine(
    source,
    (docker, inner) => copyImage(docker, target, name, inner),
    options,
  ).catch(() => undefined);
}

/** Removes images of earlier builds that nothing names, such as other stages, when they are a week old; failing is no failure. */
async function pruneLeftovers(docker: Dockerode): Promise<void> {
  const filters = JSON.stringify({ dangling: { true: true }, until: { "168h": true } });
  await docker.pruneImages({ filters }).catch(() => undefined);
}

/** An image with exactly this content, from the host, else from the registry, else from the host that has built it meanwhile. */
async function findImage(
  docker: Dockerode,
  inputs: ImageBuildInputs,
  place: Place,
  contentHash: string,
  signal: AbortSignal,
): Promise<Dockerode.ImageInspectInfo | undefined> {
  const tag = imageTag(contentHash);
  const name = `${inputs.repository}:${tag}`;
  const hasContent = (image: Dockerode.ImageInspectInfo | undefined): boolean =>
    image?.Config.Labels?.[CONTENT_LABEL] === contentHash;
  const onHost = await inspectImage(docker, name);
  if (hasContent(onHost)) return onHost;
  if (!place.push) return undefined;
  const digest = await registryDigest(docker, name, inputs.registryAuth);
  if (digest !== undefined) {
    await pullImage(docker, name, authConfig(inputs.repository, inputs.registryAuth), signal);
  } else if (place.copyFrom !== undefined) {
    await fetchFrom(place.copyFrom, docker, name, signal);
  }
  const fetched = await inspectImage(docker, name);
  return hasContent(fetched) ? fetched : undefined;
}

/** Pushes the image unless the registry holds exactly it; the digest is what the registry then says. */
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

/** A file edited while a run goes on must not end up under the hash of what it was before. */
function requireUnchangedContext({ contextFolder, contextHash }: ImageBuildInputs): void {
  if (hashBuildContext(contextFolder) === contextHash) return;
  throw new Error(
    `Files in ${contextFolder} changed while the run was going on, so nothing was built. Run again.`,
  );
}

/** The same error with the secrets, should anything have put one there, blotted out. */
function masked(error: unknown, secrets: readonly string[]): unknown {
  if (!(error instanceof Error) || isTransportError(error)) return error;
  const message = withoutSecrets(error.message, secrets);
  return message === error.message ? error : new Error(message);
}
