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
 * Meets each server once. Everything but a new server is no difference: the list of operators is
 * kept by the set-up of hosts from then on, and the bootstrap key opens nothing any more.
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

  // The server takes it along when it goes.
  async delete() {},
};
