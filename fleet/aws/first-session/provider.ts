import type * as pulumi from "@pulumi/pulumi";
import { readResult } from "../../../providers/framework/read-result";
import { isKnown } from "../../../providers/framework/unknown-value";
import { makeFirstSession, type NewInstance } from "./client";

/** Inputs as they come over the wire. */
export interface FirstSessionInputs extends NewInstance {
  /** The instance's id. */
  readonly incarnation: string;
  readonly revision: string;
}

const INPUTS = [
  "host",
  "bootstrapKey",
  "script",
  "operators",
  "bootHostKey",
  "hostPrivateKey",
  "keyCommand",
  "keySeconds",
  "incarnation",
  "revision",
] as const;

/**
 * Has the first session with each instance once. Only a new instance counts as a difference: from
 * then on it has its own host key, and the set-up of hosts maintains the list of operators.
 */
export const firstSessionProvider: pulumi.dynamic.ResourceProvider<
  FirstSessionInputs,
  FirstSessionInputs
> = {
  async check(_olds, news) {
    return { inputs: news, failures: [] };
  },

  async diff(_id, olds, news) {
    if (!isKnown(news.incarnation)) return { changes: true };
    return { changes: olds.incarnation !== news.incarnation || olds.revision !== news.revision };
  },

  async create(inputs) {
    await makeFirstSession(inputs);
    return { id: inputs.host.name, outs: inputs };
  },

  async read(id, props) {
    return props === undefined ? {} : readResult(id, props, INPUTS);
  },

  async update(_id, olds, news) {
    if (olds.incarnation !== news.incarnation) await makeFirstSession(news);
    return { outs: news };
  },

  // It goes with the instance.
  async delete() {},
};
