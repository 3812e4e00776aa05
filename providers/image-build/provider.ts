import type * as pulumi from "@pulumi/pulumi";
import { digestOf } from "../../model/image/reference";
import { type ImageRelease, recordPinned, recordRelease } from "../../model/image/releases";
import { changedInputs, changesOf } from "../framework/dynamic";
import { sameValue } from "../../model/values/same-value";
import { readResult } from "../framework/read-result";
import { withEngine } from "../transport/engine";
import { isKnown } from "../framework/unknown-value";
import { checkImageBuild } from "./check";
import { inspectImage, registryDigest } from "./client";
import { ensureBuilt } from "./ensure-built";
import { removeManifest, repositoryAt } from "../registry/client";
import { CONTENT_LABEL, type ImageBuildInputs, type ImageBuildState } from "./image-build-state";
import { removeOldReleases } from "./old-releases";
import { isOwn, releasesWithPin } from "./pinned-release";

export type { ImageBuildInputs, ImageBuildState };

/**
 * Inputs that decide which image is built and where it must be; any other change leaves the image
 * alone.
 */
const IMAGE = [
  "incarnation",
  "contextFolder",
  "contextHash",
  "repository",
  "buildArguments",
  "labels",
  "target",
  "baseImageId",
  "updated",
  "push",
] as const;
const INPUTS = [
  ...IMAGE,
  "pullFrom",
  "host",
  "fallbackHosts",
  "baseImage",
  "buildSecrets",
  "networkMode",
  "registryAuth",
  "registryUnit",
  "managers",
  "revision",
] as const;

const LOOK_SECONDS = 20;

/** Builds images on a host and pushes them; an existing image is adopted. */
export const imageBuildProvider: pulumi.dynamic.ResourceProvider<
  ImageBuildInputs,
  ImageBuildState
> = {
  async check(_olds, news) {
    return { inputs: news, failures: checkImageBuild(news) };
  },

  async diff(_id, olds, news) {
    if (!isKnown(news)) return changesOf(true);
    // Under another name it is another image; the old one is removed when everything uses the new
    // one.
    const replaces = olds.repository === news.repository ? [] : ["repository"];
    const changed = changedInputs(INPUTS, olds, news);
    // It could not be pushed, because the repository server was unreachable.
    const unfinished = isUnfinished(olds, news);
    // While an image is pinned, its sources do not matter.
    const counts = changed.filter((input) => !isPinned(news, olds) || !isOneOf(IMAGE, input));
    return { ...changesOf(counts.length > 0, replaces.length > 0 || unfinished), replaces };
  },

  async create(inputs) {
    return { id: inputs.repository, outs: await ensureImage(inputs) };
  },

  async read(id, props) {
    if (props === undefined) return {};
    // The pull resource checks pinned images; hive pushes again what it could not push, in any
    // case.
    const missing =
      isPinned(props) || isUnfinished(props, props) ? undefined : await findMissing(props);
    return readResult(id, props, INPUTS, missing === undefined ? {} : { contextHash: missing });
  },

  async update(_id, olds, news) {
    const releases = releasesOf(olds);
    if (needsWork(olds, news)) return { outs: await ensureImage(news, releases, olds) };
    const { tag, imageId, digest, reference } = olds;
    // The state of an earlier version does not have all of them.
    const { pushed = olds.push, builtOn = "" } = olds as Partial<ImageBuildState>;
    return { outs: { ...news, tag, imageId, digest, reference, pushed, builtOn, releases } };
  },

  async delete(_id, props) {
    await removeFromHost(props);
    if (!props.push) return;
    const repository = repositoryAt(props.host, props.repository, props.registryAuth);
    for (const { digest, kept } of releasesOf(props)) {
      if (kept) await removeManifest(repository, digest);
    }
  },
};

/** Whether an image is pinned, and was before. */
function isPinned(...inputs: readonly ImageBuildInputs[]): boolean {
  return inputs.every(({ pullFrom }) => pullFrom !== undefined && pullFrom !== "");
}

/** Whether the image waits on another host until the registry is reachable again. */
function isUnfinished(olds: ImageBuildState, news: ImageBuildInputs): boolean {
  return news.push && !isPinned(news) && olds.pushed === false;
}

function isOneOf<T extends string>(names: readonly T[], name: string): name is T {
  return (names as readonly string[]).includes(name);
}

/**
 * Whether the change makes another image, or requires a check that the image exists. Another value
 * of a build secret does not.
 */
function needsWork(olds: ImageBuildState, news: ImageBuildInputs): boolean {
  if (!sameValue(olds.pullFrom, news.pullFrom)) return true;
  if (isPinned(news)) return false;
  if (isUnfinished(olds, news)) return true;
  const secretNames = (inputs: ImageBuildInputs): string[] =>
    Object.keys(inputs.buildSecrets ?? {}).sort();
  return (
    changedInputs(IMAGE, olds, news).length > 0 || !sameValue(secretNames(olds), secretNames(news))
  );
}

/**
 * The releases in a state. A state from before they were recorded knows only the last one; a state
 * from before pins existed does not know its pin.
 */
function releasesOf(state: ImageBuildState): readonly ImageRelease[] {
  const { releases } = state as Partial<ImageBuildState>;
  const { tag, digest, reference, pullFrom = "" } = state;
  if (isOwn(state, pullFrom)) return recordPinned(releases ?? [], { digest, reference });
  if (releases !== undefined) return releases;
  return [{ tag, digest, reference, builtAt: "", kept: true }];
}

/**
 * The outputs of the resource when the image exists as the inputs ask.
 *
 * @param before - the state so far; undefined for a new resource.
 */
async function ensureImage(
  inputs: ImageBuildInputs,
  releases: readonly ImageRelease[] = [],
  before?: ImageBuildState,
): Promise<ImageBuildState> {
  const { pullFrom } = inputs;
  if (pullFrom !== undefined && pullFrom !== "") {
    const pinned = { digest: digestOf(pullFrom), reference: pullFrom, pushed: true, builtOn: "" };
    const recorded = await releasesWithPin(inputs, releases, pullFrom);
    return { ...inputs, tag: "", imageId: "", ...pinned, releases: recorded };
  }
  // The state of an earlier version does not have all of them.
  const { builtOn = "", digest: known = "", updated }: Partial<ImageBuildState> = before ?? {};
  const { builtAt, ...built } = await ensureBuilt(inputs, { builtOn, digest: known, updated });
  // A rollback can name only images that were pushed.
  if (inputs.push && !built.pushed) return { ...inputs, ...built, releases };
  const { tag, digest, reference } = built;
  const recorded = recordRelease(releases, { tag, digest, reference, builtAt, kept: true });
  return { ...inputs, ...built, releases: await removeOldReleases(inputs, recorded) };
}

/**
 * The missing part of the image; undefined when nothing is missing, or when no answer is available.
 */
async function findMissing(state: ImageBuildState): Promise<string | undefined> {
  const { host, repository, tag, push, registryAuth } = state;
  try {
    return await withEngine(
      host,
      async (docker) => {
        if (!push) {
          const present = await inspectImage(docker, `${repository}:${tag}`);
          return present?.Id === state.imageId ? undefined : `(the image is not on ${host.name})`;
        }
        const digest = await registryDigest(docker, `${repository}:${tag}`, registryAuth);
        if (digest === state.digest) return undefined;
        return digest === undefined
          ? "(the registry does not have the image)"
          : `(the registry has another image: ${digest})`;
      },
      { deadlineSeconds: LOOK_SECONDS },
    );
  } catch {
    // Without an answer of the host or the registry nothing is known about the image.
    return undefined;
  }
}

/** Removes hive's images of the repository from the host. Errors are ignored. */
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
