import type * as pulumi from "@pulumi/pulumi";
import { readResult } from "../framework/read-result";
import { isKnown } from "../framework/unknown-value";
import { makeFirstContact, type NewHost } from "./client";

/** Inputs as they come over the wire. */
export interface FirstContactInputs extends NewHost {
  /** Changes exactly when the server was replaced by a new one. */
  readonly incarnation: string;
  readonly revision: string;
}

const INPUTS = ["host", "bootstrapKey", "script", "operators", "incarnation", "revision"] as const;

/**
 * Contacts each server once. Only a new server counts as a difference: from then on the set-up of
 * hosts maintains the list of operators, and the bootstrap key is no longer accepted.
 */
export const firstContactProvider: pulumi.dynamic.ResourceProvider<
  FirstContactInputs,
  FirstContactInputs
> = {
  async check(_olds, news) {
    return { inputs: news, failures: [] };
  },

  async diff(_id, olds, news) {
    if (!isKnown(news.incarnation)) return { changes: true };
    return { changes: olds.incarnation !== news.incarnation || olds.revision !== news.revision };
  },

  async create(inputs) {
    await makeFirstContact(inputs);
    return { id: inputs.host.name, outs: inputs };
  },

  async read(id, props) {
    return props === undefined ? {} : readResult(id, props, INPUTS);
  },

  async update(_id, olds, news) {
    if (olds.incarnation !== news.incarnation) await makeFirstContact(news);
    return { outs: news };
  },

  // It goes with the server.
  async delete() {},
};
