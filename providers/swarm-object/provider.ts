import type * as pulumi from "@pulumi/pulumi";

import { contentFault, objectNameFault } from "../../model/swarm/object-name";
import { checkFailure } from "../framework/check-failure";
import { changedInputs, changesOf } from "../framework/dynamic";
import { readResult } from "../framework/read-result";
import type { HostAccess } from "../transport/host-access";
import { isKnown } from "../framework/unknown-value";
import {
  ensureObject,
  objectExists,
  removeObject,
  type SwarmObject,
  type SwarmObjectKind,
} from "./client";

/** Common inputs of secrets and configs, as they come over the wire. */
export interface SwarmObjectInputs {
  readonly managers: readonly HostAccess[];
  readonly site: string;
  readonly name: string;
  readonly revision: string;
}

/**
 * The common outputs of both; each also has outputs with names of its own.
 */
export interface SwarmObjectState {
  readonly holder: string;
}

/** The differences between a secret and a config. */
export interface SwarmObjectType<Inputs extends SwarmObjectInputs, Identity extends object> {
  readonly kind: SwarmObjectKind;
  /** The inputs that a Swarm fixes when it creates the object. */
  readonly fixed: readonly (keyof Inputs & string)[];
  /** The input with the content. */
  readonly contentInput: keyof Inputs & string;
  /** Problems with the inputs that only this kind has. */
  readonly check?: (news: Inputs) => readonly pulumi.dynamic.CheckFailure[];
  /** The object's name in the Swarm and its content. */
  readonly object: (inputs: Inputs) => Pick<SwarmObject, "objectName" | "content" | "template">;
  /** Id and name in the Swarm, as the outputs call them. */
  readonly identity: (id: string, objectName: string) => Identity;
  /** The name in the Swarm, from the outputs. */
  readonly objectName: (state: Identity) => string;
}

/** A provider for objects of one type: it creates and removes them, but never changes them. */
export function swarmObjectProvider<Inputs extends SwarmObjectInputs, Identity extends object>(
  type: SwarmObjectType<Inputs, Identity>,
): pulumi.dynamic.ResourceProvider<Inputs, Inputs & Identity & SwarmObjectState> {
  const inputNames = [...type.fixed, "managers", "revision"] as const;
  return {
    async check(_olds, news) {
      const failures: pulumi.dynamic.CheckFailure[] = [];
      const name = isKnown(news.name) ? objectNameFault(news.name) : undefined;
      if (name !== undefined) failures.push(checkFailure("name", name));
      const property = type.contentInput;
      if (isKnown([news.name, news[property]])) {
        const reason = contentFault(`The ${type.kind} '${news.name}'`, String(news[property]));
        if (reason !== undefined) failures.push(checkFailure(property, reason));
      }
      return { inputs: news, failures: [...failures, ...(type.check?.(news) ?? [])] };
    },

    async diff(_id, olds, news) {
      const known = type.fixed.filter((name) => isKnown(news[name]));
      const replaces = changedInputs(known, olds, news);
      const differ = !isKnown(news) || changedInputs(inputNames, olds, news).length > 0;
      return { ...changesOf(differ), replaces };
    },

    async create(inputs) {
      const { kind } = type;
      const { managers, site, name } = inputs;
      const object = type.object(inputs);
      const { id, holder } = await ensureObject(managers, { kind, site, name, ...object });
      return { id, outs: { ...inputs, ...type.identity(id, object.objectName), holder } };
    },

    async read(id, props) {
      if (props === undefined) return {};
      const exists = await objectExists(props.managers, type.kind, type.objectName(props), id);
      // Nobody can change a content in a Swarm: the object exists or is gone.
      return exists === false ? {} : readResult(id, props, inputNames);
    },

    // An update changes only how the Swarm is reached.
    async update(id, olds, news) {
      const identity = type.identity(id, type.objectName(olds));
      return { outs: { ...news, ...identity, holder: olds.holder } };
    },

    async delete(id, props) {
      const { managers, holder } = props;
      await removeObject(managers, type.kind, type.objectName(props), { id, holder });
    },
  };
}
