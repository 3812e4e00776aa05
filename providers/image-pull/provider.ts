import type * as pulumi from "@pulumi/pulumi";
import { judgeSpread } from "../../model/image-spread";
import { changedInputs } from "../dynamic";
import { readResult } from "../read-result";
import type { HostAccess } from "../transport/host-access";
import { isKnown } from "../unknown-value";
import { hostsWithout, type RegistryAuth, removeUnused, spreadImage } from "./client";

/** Inputs as they come over the wire. */
export interface ImagePullInputs {
  readonly hosts: readonly HostAccess[];
  readonly incarnations: readonly string[];
  readonly reference: string;
  readonly registryAuth?: RegistryAuth;
  readonly revision: number;
}

/** What the state holds. */
export interface ImagePullState extends ImagePullInputs {
  /** Names of hosts that did not answer. */
  readonly missing: readonly string[];
  /** The image before this one, kept for a rollback; empty at first. */
  readonly previousReference: string;
}

/** Inputs that decide which image must be where. */
const IMAGE = ["hosts", "incarnations", "reference"] as const;
const INPUTS = [...IMAGE, "registryAuth", "revision"] as const;

/** Keeps an image on a set of hosts. */
export const imagePullProvider: pulumi.dynamic.ResourceProvider<ImagePullInputs, ImagePullState> = {
  async check(_olds, news) {
    const byDigest = !isKnown(news.reference) || /@sha256:[0-9a-f]{64}$/.test(news.reference);
    const reason = `"${news.reference}" is not by digest; write <repository>@sha256:…`;
    return { inputs: news, failures: byDigest ? [] : [{ property: "reference", reason }] };
  },

  async diff(_id, olds, news) {
    if (!isKnown(news)) return { changes: true };
    return { changes: olds.missing.length > 0 || changedInputs(INPUTS, olds, news).length > 0 };
  },

  async create(inputs) {
    const missing = await ensureImage(inputs);
    const [repository = inputs.reference] = inputs.reference.split("@");
    return { id: repository, outs: { ...inputs, missing, previousReference: "" } };
  },

  async read(id, props) {
    if (props === undefined) return {};
    const { hosts, incarnations, reference } = props;
    const without = await hostsWithout(hosts, reference);
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
    if (olds.missing.length === 0 && changedInputs(IMAGE, olds, news).length === 0) {
      const { missing, previousReference } = olds;
      return { outs: { ...news, missing, previousReference } };
    }
    const missing = await ensureImage(news);
    if (olds.reference === news.reference) {
      return { outs: { ...news, missing, previousReference: olds.previousReference } };
    }
    const stale = olds.previousReference;
    if (stale !== "" && stale !== news.reference) await removeUnused(news.hosts, stale);
    return { outs: { ...news, missing, previousReference: olds.reference } };
  },

  async delete(_id, props) {
    await removeUnused(props.hosts, props.reference);
    if (props.previousReference !== "") await removeUnused(props.hosts, props.previousReference);
  },
};

/** Brings the image onto the hosts; gives the names of those that do not answer. */
async function ensureImage({ hosts, reference, registryAuth }: ImagePullInputs): Promise<string[]> {
  const verdict = judgeSpread(reference, await spreadImage(hosts, reference, registryAuth));
  if (verdict.kind === "failed") throw new Error(verdict.message);
  return verdict.missing;
}
