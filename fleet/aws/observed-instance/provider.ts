import type * as pulumi from "@pulumi/pulumi";
import { changedInputs } from "../../../providers/framework/dynamic";
import { readResult } from "../../../providers/framework/read-result";
import { isKnown } from "../../../providers/framework/unknown-value";

/** What the program wants an instance to have, besides that it runs. */
export interface WantedParts {
  /** Its public address. */
  readonly address: string;
  /** Ids of its disks, by the volumes' names. */
  readonly disks: Readonly<Record<string, string>>;
}

/** What an instance has, as EC2 says. */
export interface ObservedParts {
  /** `running`, `stopped` and so on. */
  readonly state: string;
  /** Its public address; empty: none. */
  readonly address: string;
  /** Ids of all its disks. */
  readonly disks: readonly string[];
}

/** How often each part was lost. A number that grows says: make this part again. */
export interface LostParts {
  readonly power: number;
  readonly address: number;
  /** By the volumes' names. */
  readonly disks: Readonly<Record<string, number>>;
}

/** Inputs as they come over the wire. */
export interface ObservedInstanceInputs {
  readonly instanceId: string;
  readonly wanted: WantedParts;
  /** Absent: EC2 does not know the instance. */
  readonly observed?: ObservedParts;
  readonly revision: number;
  /** Filled in here. */
  readonly lost?: LostParts;
}

const INPUTS = ["instanceId", "wanted", "observed", "revision", "lost"] as const;
/** Those whose change is stored; what EC2 says counts only as far as something is lost. */
const DECIDING = ["instanceId", "wanted", "revision", "lost"] as const;

/**
 * Compares what EC2 says of an instance with what the last run left it with. It asks nobody itself:
 * the program asks, at each preview and run. The provider of AWS compares its resources with the
 * state only, so without this, a run would not notice a stopped server.
 *
 * The counts are filled in by `check`, as inputs: then they are known in a preview, and what
 * depends on them does not look replaced.
 */
export const observedInstanceProvider: pulumi.dynamic.ResourceProvider<
  ObservedInstanceInputs,
  ObservedInstanceInputs
> = {
  async check(olds, news) {
    // The first time, there is nothing before.
    const before = olds as Partial<ObservedInstanceInputs>;
    return { inputs: { ...news, lost: lostSince(before, news) }, failures: [] };
  },

  async diff(_id, olds, news) {
    return { changes: !isKnown(news) || changedInputs(DECIDING, olds, news).length > 0 };
  },

  async create(inputs) {
    return { id: inputs.instanceId, outs: inputs };
  },

  async read(id, props) {
    return props === undefined ? {} : readResult(id, props, INPUTS);
  },

  async update(_id, _olds, news) {
    return { outs: news };
  },

  async delete() {},
};

/**
 * The counts, with one more for each part that the last run left and that is gone. A new instance
 * has lost nothing: all its parts are made with it.
 */
function lostSince(olds: Partial<ObservedInstanceInputs>, news: ObservedInstanceInputs): LostParts {
  const { observed } = news;
  const { lost = { power: 0, address: 0, disks: {} }, wanted } = olds;
  if (observed === undefined || wanted === undefined) return lost;
  if (!isKnown(observed) || olds.instanceId !== news.instanceId) return lost;
  const isOff = observed.state === "stopped" || observed.state === "stopping";
  const isAddressLost =
    !isOff && wanted.address === news.wanted.address && observed.address !== wanted.address;
  const disks = Object.entries(wanted.disks).map(([volume, id]) => {
    const isLost = news.wanted.disks[volume] === id && !observed.disks.includes(id);
    return [volume, (lost.disks[volume] ?? 0) + (isLost ? 1 : 0)] as const;
  });
  return {
    power: lost.power + (isOff ? 1 : 0),
    address: lost.address + (isAddressLost ? 1 : 0),
    disks: Object.fromEntries(disks.filter(([, count]) => count > 0)),
  };
}
