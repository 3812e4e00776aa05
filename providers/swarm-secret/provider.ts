import type * as pulumi from "@pulumi/pulumi";

import { contentFault, objectNameFault, secretObjectName } from "../../model/swarm-object-name";
import { changedInputs } from "../dynamic";
import { readResult } from "../read-result";
import { holdObject, objectExists, releaseObject } from "../swarm-object/client";
import type { HostAccess } from "../transport/host-access";
import { isKnown } from "../unknown-value";

/** Inputs as they come over the wire. */
export interface SwarmSecretInputs {
  readonly managers: readonly HostAccess[];
  readonly site: string;
  readonly name: string;
  /** Secret. */
  readonly value: string;
  /** Secret. */
  readonly salt: string;
  readonly revision: number;
}

/** What the state holds. */
export interface SwarmSecretState extends SwarmSecretInputs {
  readonly secretId: string;
  readonly secretName: string;
  readonly holder: string;
}

/** What a Swarm fixes when it makes a secret. */
const FIXED = ["site", "name", "value", "salt"] as const;
const INPUTS = [...FIXED, "managers", "revision"] as const;

/** Keeps a secret of the Swarm. */
export const swarmSecretProvider: pulumi.dynamic.ResourceProvider<
  SwarmSecretInputs,
  SwarmSecretState
> = {
  async check(_olds, news) {
    const failures: pulumi.dynamic.CheckFailure[] = [];
    const name = isKnown(news.name) ? objectNameFault(news.name) : undefined;
    if (name !== undefined) failures.push({ property: "name", reason: name });
    if (isKnown([news.name, news.value])) {
      const reason = contentFault(`The secret '${news.name}'`, news.value);
      if (reason !== undefined) failures.push({ property: "value", reason });
    }
    if (news.salt === "") {
      failures.push({ property: "salt", reason: "is empty; without it the name gives hints" });
    }
    return { inputs: news, failures };
  },

  async diff(_id, olds, news) {
    const known = FIXED.filter((name) => isKnown(news[name]));
    const replaces = changedInputs(known, olds, news);
    if (!isKnown(news)) return { changes: true, replaces };
    return { changes: changedInputs(INPUTS, olds, news).length > 0, replaces };
  },

  async create(inputs) {
    const { managers, site, name, value, salt } = inputs;
    const secretName = secretObjectName(name, salt, value);
    const { id, holder } = await holdObject(managers, {
      kind: "secret",
      site,
      name,
      objectName: secretName,
      content: value,
      template: false,
    });
    return { id, outs: { ...inputs, secretId: id, secretName, holder } };
  },

  async read(id, props) {
    if (props === undefined) return {};
    const exists = await objectExists(props.managers, "secret", props.secretName, id);
    // Nobody can change it or see its value: it is there or gone.
    return exists === false ? {} : readResult(id, props, INPUTS);
  },

  // All that can be updated is how the Swarm is reached.
  async update(id, olds, news) {
    const { secretName, holder } = olds;
    return { outs: { ...news, secretId: id, secretName, holder } };
  },

  async delete(id, { managers, secretName, holder }) {
    await releaseObject(managers, "secret", secretName, { id, holder });
  },
};
