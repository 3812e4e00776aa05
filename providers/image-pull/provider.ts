import type * as pulumi from "@pulumi/pulumi";
import {
  isByDigest,
  isByTag,
  isImageId,
  isSameReference,
  repositoryOf,
} from "../../model/image/reference";
import { type HostOutcome, judgeHosts } from "../../model/image/host-outcomes";
import { earlierImages, removableImages } from "../../model/image/on-hosts";
import { pullRemedy } from "../../model/image/pull-remedy";
import { checkFailure } from "../framework/check-failure";
import { changedInputs, changesOf } from "../framework/dynamic";
import { imagesInUse } from "../images-in-use";
import { readResult } from "../framework/read-result";
import type { RegistryAuth } from "../registry/registry-auth";
import { type RegistryUnit, withRegistryRunning } from "../registry/registry-running";
import type { HostAccess } from "../transport/host-access";
import { isKnown } from "../framework/unknown-value";
import {
  hostsWithout,
  isSameImage,
  pullOnHosts,
  removeUnused,
  resolveTag,
  withRemedy,
} from "./client";

/** Inputs as they come over the wire. */
export interface ImagePullInputs {
  readonly hosts: readonly HostAccess[];
  readonly incarnations: readonly string[];
  readonly reference: string;
  readonly registryAuth?: RegistryAuth;
  /** The site's own registry, if the image comes from it. */
  readonly registry?: RegistryUnit;
  /** The managers that are asked which images services use. */
  readonly managers?: readonly HostAccess[];
  readonly revision: string;
}

/** What the state holds. */
export interface ImagePullState extends ImagePullInputs {
  /**
   * The reference by digest, or the id. For a tag: the image that it meant when it was first
   * pulled.
   */
  readonly resolved: string;
  /** Names of hosts that did not answer. */
  readonly missing: readonly string[];
  /**
   * Images that hosts have besides this one, newest first: the previous one, kept for a rollback,
   * and those that could not be removed yet.
   */
  readonly earlier: readonly string[];
}

/** Inputs that decide which image must be where. */
const IMAGE = ["hosts", "incarnations", "reference"] as const;
const INPUTS = [...IMAGE, "registryAuth", "registry", "managers", "revision"] as const;

/** Keeps an image on a set of hosts. */
export const imagePullProvider: pulumi.dynamic.ResourceProvider<ImagePullInputs, ImagePullState> = {
  async check(_olds, news) {
    const { reference } = news;
    const wellFormed =
      !isKnown(reference) || [isByDigest, isByTag, isImageId].some((is) => is(reference));
    const reason = `"${reference}" has neither digest nor tag; write <repository>@sha256:… or <repository>:<tag>`;
    return { inputs: news, failures: wellFormed ? [] : [checkFailure("reference", reason)] };
  },

  async diff(_id, olds, news) {
    const differ = !isKnown(news) || changedInputs(INPUTS, olds, news).length > 0;
    return changesOf(differ, olds.missing.length > 0);
  },

  async create(inputs) {
    const outs = { ...inputs, ...(await ensureImage(inputs)), earlier: [] };
    return { id: repositoryOf(inputs.reference), outs };
  },

  async read(id, props) {
    if (props === undefined) return {};
    const { hosts, incarnations } = props;
    const without = await hostsWithout(hosts, resolvedOf(props));
    if (without.length === 0) return readResult(id, props, INPUTS);
    // The reference stays as it is, because services use it.
    const observed = incarnations.map((incarnation, index) =>
      without.includes(hosts[index]?.name ?? "")
        ? `${incarnation} (does not have the image)`
        : incarnation,
    );
    return readResult(id, props, INPUTS, { incarnations: observed });
  },

  async update(_id, olds, news) {
    const before = resolvedOf(olds);
    const earlier = earlierOf(olds);
    if (olds.missing.length === 0 && changedInputs(IMAGE, olds, news).length === 0) {
      return { outs: { ...news, resolved: before, missing: olds.missing, earlier } };
    }
    // A tag keeps its first meaning: services do not change because somebody moved it.
    const known = olds.reference === news.reference ? before : undefined;
    const { resolved, missing } = await ensureImage(news, known);
    const isSame =
      before === resolved ||
      // The image was in no registry for a while, and is in one now: the same image under another
      // name.
      (isImageId(before) && (await isSameImage(news.hosts, resolved, before)));
    const had = isSame ? earlier : earlierImages(resolved, before, earlier);
    return { outs: { ...news, resolved, missing, earlier: await removeOld(news, had) } };
  },

  async delete(_id, props) {
    const used = await usedImages(props);
    // Services may still use it, because another resource manages the image now.
    const unused = [resolvedOf(props), ...earlierOf(props)].filter(
      (reference) => used !== undefined && !used.some((image) => isSameReference(image, reference)),
    );
    await removeUnused(props.hosts, unused);
  },
};

/**
 * The images that services name; empty when there are no managers to ask, undefined when none
 * answers.
 */
async function usedImages({ managers }: ImagePullInputs): Promise<readonly string[] | undefined> {
  return managers === undefined ? [] : await imagesInUse(managers);
}

/**
 * Removes the images that the policy does not keep. @returns the remaining ones; an image that a
 * host could not remove is tried again with the next image
 */
async function removeOld(
  inputs: ImagePullInputs,
  earlier: readonly string[],
): Promise<readonly string[]> {
  if (earlier.length < 2) return earlier;
  const removable = removableImages(earlier, await usedImages(inputs));
  const gone = await removeUnused(inputs.hosts, removable);
  return earlier.filter((reference) => !gone.includes(reference));
}

/** The earlier images. The state of an older version has one, or an empty text. */
function earlierOf(state: ImagePullState): readonly string[] {
  const { earlier, previousReference = "" } = state as Partial<ImagePullState> & {
    readonly previousReference?: string;
  };
  return earlier ?? (previousReference === "" ? [] : [previousReference]);
}

/** The reference by digest; the state of an older version does not have it separately. */
function resolvedOf(state: ImagePullState): string {
  const { resolved } = state as Partial<ImagePullState>;
  return resolved ?? state.reference;
}

/**
 * Pulls the image onto the hosts.
 *
 * @param known - the resolved reference, if it is known already.
 * @returns the reference by digest, and the names of the hosts that do not answer.
 */
async function ensureImage(
  { hosts, reference, registryAuth, registry }: ImagePullInputs,
  known?: string,
): Promise<{ readonly resolved: string; readonly missing: string[] }> {
  return await withRegistryRunning(registry, async () => {
    const resolved =
      known ??
      (isByDigest(reference) || isImageId(reference)
        ? reference
        : await resolveTag(hosts, reference, registryAuth));
    const outcomes = await pullOnHosts(hosts, resolved, registryAuth);
    const verdict = judgeHosts(resolved, outcomes);
    if (verdict.kind === "failed") {
      const { message } = verdict;
      const remedy =
        registry === undefined
          ? remedyElsewhere(reference, outcomes)
          : remedyInSite(message, registry);
      throw new Error(withRemedy(message, remedy));
    }
    return { resolved, missing: verdict.missing };
  });
}

/** The remedy for an image of another registry. A host that does not answer is another matter. */
function remedyElsewhere(reference: string, outcomes: readonly HostOutcome[]): string | undefined {
  if (isImageId(reference)) return undefined;
  const failed = outcomes.map((outcome) => (outcome.kind === "failed" ? outcome.reason : ""));
  return pullRemedy(reference, failed.join());
}

/**
 * The remedy when the site's own registry does not have the image: a person must bring it back.
 */
function remedyInSite(message: string, registry: RegistryUnit): string | undefined {
  if (!/manifest unknown/i.test(message)) return undefined;
  return `The site's registry on ${registry.host.name} does not have it. If hive:pins names it, promote it again with 'npx hive promote' or end the pin with 'npx hive unpin'. Else 'npx hive up --refresh' pushes it again.`;
}
