import type * as pulumi from "@pulumi/pulumi";

import { configObjectName, contentFault, objectNameFault } from "../../model/swarm-object-name";
import { changedInputs } from "../dynamic";
import { readResult } from "../read-result";
import { holdObject, objectExists, releaseObject } from "../swarm-object/client";
import type { HostAccess } from "../transport/host-access";
import { isKnown } from "../unknown-value";

/** Inputs as they come over the wire. */
export interface SwarmConfigInputs {
  readonly managers: readonly HostAccess[];
  readonly site: string;
  readonly name: string;
  readonly content: string;
  readonly template: boolean;
  readonly revision: number;
}

/** What the state holds. */
export interface SwarmConfigState extends SwarmConfigInputs {
  readonly configId: string;
  readonly configName: string;
  readonly holder: string;
}

/** What a Swarm fixes when it makes a config. */
const FIXED = ["site", "name", "content", "template"] as const;
const INPUTS = [...FIXED, "managers", "revision"] as const;

/** Keeps a config of the Swarm. */
export const swarmConfigProvider: pulumi.dynamic.ResourceProvider<
  SwarmConfigInputs,
  SwarmConfigState
> = {
  async check(_olds, news) {
    const failures: pulumi.dynamic.CheckFailure[] = [];
    const name = isKnown(news.name) ? objectNameFault(news.name) : undefined;
    if (name !== undefined) failures.push({ property: "name", reason: name });
    if (isKnown([news.name, news.content])) {
      const reason = contentFault(`The config '${news.name}'`, news.content);
      if (reason !== undefined) failures.push({ property: "content", reason });
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
    const { managers, site, name, content, template } = inputs;
    const configName = configObjectName(name, content, template);
    const { id, holder } = await holdObject(managers, {
      kind: "config",
      site,
      name,
      objectName: configName,
      content,
      template,
    });
    return { id, outs: { ...inputs, configId: id, configName, holder } };
  },

  async read(id, props) {
    if (props === undefined) return {};
    const exists = await objectExists(props.managers, "config", props.configName, id);
    // A Swarm lets nobody change its content: it is there or gone.
    return exists === false ? {} : readResult(id, props, INPUTS);
  },

  // All that can be updated is how the Swarm is reached.
  async update(id, olds, news) {
    const { configName, holder } = olds;
    return { outs: { ...news, configId: id, configName, holder } };
  },

  async delete(id, { managers, configName, holder }) {
    await releaseObject(managers, "config", configName, { id, holder });
  },
};
