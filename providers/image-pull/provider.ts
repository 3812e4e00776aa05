import type * as pulumi from "@pulumi/pulumi";
import { isByDigest, isByTag, isImageId, repositoryOf } from "../../model/image-reference";
import { judgeSpread } from "../../model/host-spread";
import { changedInputs } from "../dynamic";
import { readResult } from "../read-result";
import type { RegistryAuth } from "../registry-auth";
import { type RegistryUnit, withRegistryRunning } from "../registry-revival";
import type { HostAccess } from "../transport/host-access";
import { isKnown } from "../unknown-value";
import { hostsWithout, isSameImage, removeUnused, resolveTag, spreadImage } from "./client";

/** Inputs as they come over the wire. */
export interface ImagePullInputs {
  readonly hosts: readonly HostAccess[];
  readonly incarnations: readonly string[];
  readonly reference: string;
  readonly registryAuth?: RegistryAuth;
  /** The site's own registry, if the image comes from it. */
  readonly registry?: RegistryUnit;
  readonly revision: number;
}

/** What the state holds. */
export interface ImagePullState extends ImagePullInputs {
  /** The reference by digest, or the id; what a tag meant when it was first pulled. */
  readonly resolved: string;
  /** Names of hosts that did not answer. */
  readonly missing: readonly string[];
  /** The image before this one, kept for a rollback; empty at first. */
  readonly previousReference: string;
}

/** Inputs that decide which image must be where. */
const IMAGE = ["hosts", "incarnations", "reference"] as const;
const INPUTS = [...IMAGE, "registryAuth", "registry", "revision"] as const;

/** Keeps an image on a set of hosts. */
export const imagePullProvider: pulumi.dynamic.ResourceProvider<ImagePullInputs, ImagePullState> = {
  async check(_olds, news) {
    const { reference } = news;
    const wellFormed =
      !isKnown(reference) || [isByDigest, isByTag, isImageId].some((is) => is(reference));
    const reason = `"${reference}" has neither digest nor tag; write <repository>@sha256:… or <repository>:<tag>`;
    return { inputs: news, failures: wellFormed ? [] : [{ property: "reference", reason }] };
  },

  async diff(_id, olds, news) {
    if (!isKnown(news)) return { changes: true };
    return { changes: olds.missing.length > 0 || changedInputs(INPUTS, olds, news).length > 0 };
  },

  async create(inputs) {
    const outs = { ...inputs, ...(await ensureImage(inputs)), previousReference: "" };
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
    if (olds.missing.length === 0 && changedInputs(IMAGE, olds, news).length === 0) {
      const { missing, previousReference } = olds;
      return { outs: { ...news, resolved: before, missing, previousReference } };
    }
    // A tag keeps the meaning that it had: what runs does not change because somebody moved it.
    const known = olds.reference === news.reference ? before : undefined;
    const { resolved, missing } = await ensureImage(news, known);
    if (before === resolved) {
      const { previousReference } = olds;
      return { outs: { ...news, resolved, missing, previousReference } };
    }
    // The image that was in no registry for a while is in it now: the same under another name.
    if (isImageId(before) && (await isSameImage(news.hosts, resolved, before))) {
      const { previousReference } = olds;
      return { outs: { ...news, resolved, missing, previousReference } };
    }
    const stale = olds.previousReference;
    if (stale !== "" && stale !== resolved) await removeUnused(news.hosts, stale);
    return { outs: { ...news, resolved, missing, previousReference: before } };
  },

  async delete(_id, props) {
    await removeUnused(props.hosts, resolvedOf(props));
    if (props.previousReference !== "") await removeUnused(props.hosts, props.previousReference);
  },
};

/** The reference by digest; states from before there were tags do not have it on its own. */
function resolvedOf(state: ImagePullState): string {
  const { resolved } = state as Partial<ImagePullState>;
  return resolved ?? state.reference;
}

/**
 * Brings the image onto the hosts.
 *
 * @param known - what the reference means, if that was found out before.
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
    const verdict = judgeSpread(resolved, await spreadImage(hosts, resolved, registryAuth));
    if (verdict.kind === "failed") throw new Error(verdict.message);
    return { resolved, missing: verdict.missing };
  });
}
