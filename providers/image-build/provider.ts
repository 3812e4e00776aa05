import type * as pulumi from "@pulumi/pulumi";
import type Dockerode from "dockerode";
import { hashImageContent, imageTag } from "../../model/build-context";
import { changedInputs } from "../dynamic";
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
import { hashBuildContext } from "./context";
import { pullImage } from "../image-pull/pull-image";
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
  readonly networkMode?: string;
  readonly push: boolean;
  readonly registryAuth?: RegistryAuth;
  readonly revision: number;
}

/** What the state holds. */
export interface ImageBuildState extends ImageBuildInputs {
  readonly tag: string;
  readonly imageId: string;
  readonly digest: string;
  readonly reference: string;
}

/** Inputs that decide what the image is and where it must be; any other change leaves the image alone. */
const IMAGE = [
  "incarnation",
  "contextFolder",
  "contextHash",
  "repository",
  "buildArguments",
  "labels",
  "baseImageId",
  "push",
] as const;
const INPUTS = [...IMAGE, "host", "networkMode", "registryAuth", "revision"] as const;

/** Label that holds the hash of all that the image was built from. */
const CONTENT_LABEL = "hive.content";
const BUILD_SECONDS = 1500;
const LOOK_SECONDS = 20;

/** Builds images on a host and pushes them; an image that is there already is adopted. */
export const imageBuildProvider: pulumi.dynamic.ResourceProvider<
  ImageBuildInputs,
  ImageBuildState
> = {
  async check(_olds, news) {
    const failures: pulumi.dynamic.CheckFailure[] = [];
    const { repository, push } = news;
    if (isKnown(repository) && !/^[a-z0-9][a-z0-9._:/-]*[a-z0-9]$/.test(repository)) {
      failures.push({
        property: "repository",
        reason: `"${repository}" is no image name without tag; write e.g. registry.example:5000/name`,
      });
    } else if (isKnown([repository, push]) && push && !repository.includes("/")) {
      failures.push({
        property: "repository",
        reason: `"${repository}" names no registry to push to; write e.g. registry.example:5000/${repository}`,
      });
    }
    return { inputs: news, failures };
  },

  async diff(_id, olds, news) {
    if (!isKnown(news)) return { changes: true };
    // Under another name it is another image; the old one is removed after everything uses the new one.
    const replaces = olds.repository === news.repository ? [] : ["repository"];
    return { changes: changedInputs(INPUTS, olds, news).length > 0, replaces };
  },

  async create(inputs) {
    return { id: inputs.repository, outs: await ensureImage(inputs) };
  },

  async read(id, props) {
    if (props === undefined) return {};
    const lack = await findLack(props);
    return readResult(id, props, INPUTS, lack === undefined ? {} : { contextHash: lack });
  },

  async update(_id, olds, news) {
    if (changedInputs(IMAGE, olds, news).length > 0) return { outs: await ensureImage(news) };
    const { tag, imageId, digest, reference } = olds;
    return { outs: { ...news, tag, imageId, digest, reference } };
  },

  async delete(_id, props) {
    await removeFromHost(props);
    if (props.push)
      await removeManifest(props.host, props.repository, props.digest, props.registryAuth);
  },
};

/** Makes sure that the image is on the host and, if wanted, in the registry. */
async function ensureImage(inputs: ImageBuildInputs): Promise<ImageBuildState> {
  const { host, contextFolder, repository } = inputs;
  const contentHash = hashImageContent({ ...inputs, baseImageId: inputs.baseImageId ?? "" });
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
            host.name,
            {
              contextFolder,
              name: `${repository}:${tag}`,
              buildArguments: inputs.buildArguments,
              labels: { ...inputs.labels, [CONTENT_LABEL]: contentHash },
              networkMode: inputs.networkMode,
            },
            signal,
          );
        }
        const image = await docker.getImage(`${repository}:${tag}`).inspect();
        if (!inputs.push) {
          return { ...inputs, tag, imageId: image.Id, digest: "", reference: image.Id };
        }
        const digest = await ensurePushed(docker, inputs, tag, image, signal);
        const reference = `${repository}@${digest}`;
        return { ...inputs, tag, imageId: image.Id, digest, reference };
      },
      { deadlineSeconds: BUILD_SECONDS },
    );
  } catch (error) {
    throw withoutSecret(error, inputs.registryAuth);
  }
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

/** The same error with the password, should anything have put it there, blotted out. */
function withoutSecret(error: unknown, auth: RegistryAuth | undefined): unknown {
  if (!(error instanceof Error) || auth === undefined || auth.password === "") return error;
  if (isTransportError(error)) return error;
  return new Error(error.message.replaceAll(auth.password, "[secret]"));
}
