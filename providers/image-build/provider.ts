import type * as pulumi from "@pulumi/pulumi";
import type Dockerode from "dockerode";
import { hashImageContent, imageTag } from "../../model/build-context";
import { digestOf } from "../../model/image-reference";
import { type ImageRelease, recordRelease } from "../../model/image-releases";
import { changedInputs, sameValue } from "../dynamic";
import { readResult } from "../read-result";
import { withEngine } from "../transport/engine";
import { isTransportError } from "../transport/errors";
import type { HostAccess } from "../transport/host-access";
import { isKnown } from "../unknown-value";
import {
  authConfig,
  buildImage,
  inspectImage,
  knownDigest,
  pushImage,
  type RegistryAuth,
  registryDigest,
} from "./client";
import { BUILD_SECONDS } from "./buildkit";
import { checkImageBuild } from "./check";
import { hashBuildContext } from "./context";
import { pullImage } from "../image-pull/pull-image";
import { removeOldReleases } from "./old-releases";
import { removeManifest } from "./registry-manifest";

/** Inputs as they come over the wire. */
export interface ImageBuildInputs {
  readonly host: HostAccess;
  readonly incarnation: string;
  readonly contextFolder: string;
  readonly contextHash: string;
  readonly repository: string;
  readonly buildArguments: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly baseImageId?: string;
  readonly target?: string;
  readonly buildSecrets?: Readonly<Record<string, string>>;
  readonly networkMode?: string;
  readonly push: boolean;
  readonly registryAuth?: RegistryAuth;
  readonly pullFrom?: string;
  readonly managers?: readonly HostAccess[];
  readonly revision: number;
}

/** What the state holds. */
export interface ImageBuildState extends ImageBuildInputs {
  readonly tag: string;
  readonly imageId: string;
  readonly digest: string;
  readonly reference: string;
  /** What was built, newest first. */
  readonly releases: readonly ImageRelease[];
}

/** What a build yields. */
type Built = Pick<ImageBuildState, "tag" | "imageId" | "digest" | "reference"> & {
  readonly builtAt: string;
};

/** Inputs that decide what the image is and where it must be; any other change leaves the image alone. */
const IMAGE = [
  "incarnation",
  "contextFolder",
  "contextHash",
  "repository",
  "buildArguments",
  "labels",
  "target",
  "baseImageId",
  "push",
] as const;
const INPUTS = [
  ...IMAGE,
  "pullFrom",
  "host",
  "buildSecrets",
  "networkMode",
  "registryAuth",
  "managers",
  "revision",
] as const;

/** Label that holds the hash of all that the image was built from. */
const CONTENT_LABEL = "hive.content";
const LOOK_SECONDS = 20;

/** Builds images on a host and pushes them; an image that is there already is adopted. */
export const imageBuildProvider: pulumi.dynamic.ResourceProvider<
  ImageBuildInputs,
  ImageBuildState
> = {
  async check(_olds, news) {
    return { inputs: news, failures: checkImageBuild(news) };
  },

  async diff(_id, olds, news) {
    if (!isKnown(news)) return { changes: true };
    // Under another name it is another image; the old one is removed after everything uses the new one.
    const replaces = olds.repository === news.repository ? [] : ["repository"];
    const changed = changedInputs(INPUTS, olds, news);
    // While an image is pinned, what it would be built from does not matter.
    const counts = changed.filter((input) => !isPinned(news, olds) || !isOneOf(IMAGE, input));
    return { changes: replaces.length > 0 || counts.length > 0, replaces };
  },

  async create(inputs) {
    return { id: inputs.repository, outs: await ensureImage(inputs, []) };
  },

  async read(id, props) {
    if (props === undefined) return {};
    // What is pinned is looked after where it is pulled.
    const lack = isPinned(props) ? undefined : await findLack(props);
    return readResult(id, props, INPUTS, lack === undefined ? {} : { contextHash: lack });
  },

  async update(_id, olds, news) {
    const releases = releasesOf(olds);
    if (needsWork(olds, news)) return { outs: await ensureImage(news, releases) };
    const { tag, imageId, digest, reference } = olds;
    return { outs: { ...news, tag, imageId, digest, reference, releases } };
  },

  async delete(_id, props) {
    await removeFromHost(props);
    if (!props.push) return;
    for (const { digest, kept } of releasesOf(props)) {
      if (kept) await removeManifest(props.host, props.repository, digest, props.registryAuth);
    }
  },
};

/** Whether an image is pinned, and was before. */
function isPinned(...inputs: readonly ImageBuildInputs[]): boolean {
  return inputs.every(({ pullFrom }) => pullFrom !== undefined && pullFrom !== "");
}

function isOneOf<T extends string>(names: readonly T[], name: string): name is T {
  return (names as readonly string[]).includes(name);
}

/** Whether the change makes another image, or needs the image to be made sure of. Another value of a build secret does not. */
function needsWork(olds: ImageBuildState, news: ImageBuildInputs): boolean {
  if (!sameValue(olds.pullFrom, news.pullFrom)) return true;
  if (isPinned(news)) return false;
  const secretNames = (inputs: ImageBuildInputs): string[] =>
    Object.keys(inputs.buildSecrets ?? {}).sort();
  return (
    changedInputs(IMAGE, olds, news).length > 0 || !sameValue(secretNames(olds), secretNames(news))
  );
}

/** The releases in a state; one from before they were recorded knows only the last. */
function releasesOf(state: ImageBuildState): readonly ImageRelease[] {
  const { releases } = state as Partial<ImageBuildState>;
  if (releases !== undefined) return releases;
  const { tag, digest, reference } = state;
  return [{ tag, digest, reference, builtAt: "", kept: true }];
}

/** What the resource knows after the image that the inputs ask for is there. */
async function ensureImage(
  inputs: ImageBuildInputs,
  releases: readonly ImageRelease[],
): Promise<ImageBuildState> {
  const { pullFrom } = inputs;
  if (pullFrom !== undefined && pullFrom !== "") {
    const digest = digestOf(pullFrom);
    return { ...inputs, tag: "", imageId: "", digest, reference: pullFrom, releases };
  }
  const { builtAt, ...built } = await ensureBuilt(inputs);
  const { tag, digest, reference } = built;
  const recorded = recordRelease(releases, { tag, digest, reference, builtAt, kept: true });
  return { ...inputs, ...built, releases: await removeOldReleases(inputs, recorded) };
}

/** Makes sure that the image is on the host and, if wanted, in the registry. */
async function ensureBuilt(inputs: ImageBuildInputs): Promise<Built> {
  const { host, contextFolder, repository } = inputs;
  const secrets = inputs.buildSecrets ?? {};
  const contentHash = hashImageContent({
    ...inputs,
    baseImageId: inputs.baseImageId ?? "",
    secretNames: Object.keys(secrets),
  });
  const tag = imageTag(contentHash);
  try {
    return await withEngine(
      host,
      async (docker, signal) => {
        const present = await findImage(docker, inputs, tag, contentHash, signal);
        if (present === undefined) {
          requireUnchangedContext(inputs);
          await buildImage(
            docker,
            host,
            {
              contextFolder,
              name: `${repository}:${tag}`,
              buildArguments: inputs.buildArguments,
              labels: { ...inputs.labels, [CONTENT_LABEL]: contentHash },
              target: inputs.target,
              secrets,
              networkMode: inputs.networkMode,
            },
            signal,
          );
          await pruneLeftovers(docker);
        }
        const image = await docker.getImage(`${repository}:${tag}`).inspect();
        const builtAt = image.Created ?? "";
        if (!inputs.push)
          return { tag, imageId: image.Id, digest: "", reference: image.Id, builtAt };
        const digest = await ensurePushed(docker, inputs, tag, image, signal);
        const reference = `${repository}@${digest}`;
        return { tag, imageId: image.Id, digest, reference, builtAt };
      },
      { deadlineSeconds: BUILD_SECONDS },
    );
  } catch (error) {
    throw withoutSecrets(error, [inputs.registryAuth?.password ?? "", ...Object.values(secrets)]);
  }
}

/** Removes images of earlier builds that nothing names, such as other stages, when they are a week old; failing is no failure. */
async function pruneLeftovers(docker: Dockerode): Promise<void> {
  const filters = JSON.stringify({ dangling: { true: true }, until: { "168h": true } });
  await docker.pruneImages({ filters }).catch(() => undefined);
}

/** An image with exactly this content, from the host or else from the registry. */
async function findImage(
  docker: Dockerode,
  inputs: ImageBuildInputs,
  tag: string,
  contentHash: string,
  signal: AbortSignal,
): Promise<Dockerode.ImageInspectInfo | undefined> {
  const name = `${inputs.repository}:${tag}`;
  const hasContent = (image: Dockerode.ImageInspectInfo | undefined): boolean =>
    image?.Config.Labels?.[CONTENT_LABEL] === contentHash;
  const onHost = await inspectImage(docker, name);
  if (hasContent(onHost)) return onHost;
  if (!inputs.push) return undefined;
  const digest = await registryDigest(docker, inputs.repository, tag, inputs.registryAuth);
  if (digest === undefined) return undefined;
  await pullImage(docker, name, authConfig(inputs.repository, inputs.registryAuth), signal);
  const pulled = await inspectImage(docker, name);
  return hasContent(pulled) ? pulled : undefined;
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
  const inRegistry = await registryDigest(docker, repository, tag, registryAuth);
  if (inRegistry !== undefined && inRegistry === knownDigest(image, repository)) return inRegistry;
  const pushed = await pushImage(docker, repository, tag, registryAuth, signal);
  const confirmed = await registryDigest(docker, repository, tag, registryAuth);
  if (confirmed === pushed) return pushed;
  throw new Error(
    `${host.name} pushed ${repository}:${tag} as ${pushed}, but the registry answers ${confirmed ?? "that it has no such image"}. ` +
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

/** What of the image is gone; undefined when nothing is, or when that cannot be found out now. */
async function findLack(state: ImageBuildState): Promise<string | undefined> {
  const { host, repository, tag, push, registryAuth } = state;
  try {
    return await withEngine(
      host,
      async (docker) => {
        if (!push) {
          const present = await inspectImage(docker, `${repository}:${tag}`);
          return present?.Id === state.imageId ? undefined : `(the image is not on ${host.name})`;
        }
        const digest = await registryDigest(docker, repository, tag, registryAuth);
        if (digest === state.digest) return undefined;
        return digest === undefined
          ? "(the registry does not have the image)"
          : `(the registry has another image: ${digest})`;
      },
      { deadlineSeconds: LOOK_SECONDS },
    );
  } catch {
    // A host or a registry that does not answer says nothing about the image.
    return undefined;
  }
}

/** Removes the repository's images of hive from the host; whatever prevents it is no failure. */
async function removeFromHost({ host, repository }: ImageBuildState): Promise<void> {
  try {
    await withEngine(
      host,
      async (docker) => {
        const images = await docker.listImages({
          filters: { reference: [repository], label: [CONTENT_LABEL] },
        });
        const names = images.flatMap((image) => image.RepoTags ?? []);
        for (const name of names.filter((candidate) => candidate.startsWith(`${repository}:`))) {
          await docker
            .getImage(name)
            .remove()
            .catch(() => undefined);
        }
      },
      { deadlineSeconds: LOOK_SECONDS, dialSeconds: 5 },
    );
  } catch {
    // The host is gone, and the image with it.
  }
}

/** The same error with the secrets, should anything have put one there, blotted out. */
function withoutSecrets(error: unknown, secrets: readonly string[]): unknown {
  if (!(error instanceof Error) || isTransportError(error)) return error;
  const hidden = secrets.filter((secret) => secret !== "");
  if (!hidden.some((secret) => error.message.includes(secret))) return error;
  return new Error(
    hidden.reduce((text, secret) => text.replaceAll(secret, "[secret]"), error.message),
  );
}
