import type * as pulumi from "@pulumi/pulumi";

import { changedInputs, changesOf } from "../framework/dynamic";
import { readResult } from "../framework/read-result";
import { isKnown } from "../framework/unknown-value";
import { reportWarning } from "../progress/progress-line";
import { isTransportError } from "../transport/errors";
import { type ExternalObjectInputs, findObject, type FoundObject, isMissingObject } from "./client";

/** What the state holds. */
export type ExternalObjectState = ExternalObjectInputs & FoundObject;

const IDENTITY = ["kind", "name"] as const;
const INPUTS = [...IDENTITY, "hosts", "revision"] as const;

/** Looks for an external object, and does nothing else. */
export const externalObjectProvider: pulumi.dynamic.ResourceProvider<
  ExternalObjectInputs,
  ExternalObjectState
> = {
  async diff(_id, olds, news) {
    const known = IDENTITY.filter((name) => isKnown(news[name]));
    const replaces = changedInputs(known, olds, news);
    const differ = !isKnown(news) || changedInputs(INPUTS, olds, news).length > 0;
    return { ...changesOf(differ), replaces };
  },

  async create(inputs) {
    const found = await findObject(inputs);
    return { id: found.objectId, outs: { ...inputs, ...found } };
  },

  async read(id, props) {
    if (props === undefined) return {};
    try {
      const found = await findObject(props);
      // Somebody may have recreated it: then it has another id.
      return readResult(found.objectId, { ...props, ...found }, INPUTS);
    } catch (error) {
      // No id: the object is gone, and the next run says what to do.
      if (isMissingObject(error)) return {};
      if (!isTransportError(error)) throw error;
      reportWarning(
        `the ${props.kind} '${props.name}' could not be looked up; its state is kept as it was. ${error.message}`,
      );
      return readResult(id, props, INPUTS);
    }
  },

  async update(_id, _olds, news) {
    return { outs: { ...news, ...(await findObject(news)) } };
  },

  // It does not belong to the site.
  async delete() {
    await Promise.resolve();
  },
};
