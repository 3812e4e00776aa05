import type * as pulumi from "@pulumi/pulumi";
import { checkFailure } from "../check-failure";
import { changedInputs } from "../dynamic";
import { readResult } from "../read-result";
import { withEngine } from "../transport/engine";
import type { HostAccess } from "../transport/host-access";
import { isKnown } from "../unknown-value";
import { fetchImage, imageIdOf } from "./client";

/** Inputs as they come over the wire. */
export interface BaseImageInputs {
  readonly host: HostAccess;
  readonly incarnation: string;
  readonly reference: string;
  readonly seedFromLocalEngine: boolean;
  readonly revision: number;
}

/** What the state holds. */
export interface BaseImageState extends BaseImageInputs {
  readonly imageId: string;
}

/** Inputs that decide which image must be where. */
const IMAGE = ["incarnation", "reference"] as const;
const INPUTS = [...IMAGE, "host", "seedFromLocalEngine", "revision"] as const;
const FETCH_SECONDS = 600;
const LOOK_SECONDS = 20;

/** Keeps an image on a host that builds start from. */
export const baseImageProvider: pulumi.dynamic.ResourceProvider<BaseImageInputs, BaseImageState> = {
  async check(_olds, news) {
    const wellFormed = !isKnown(news.reference) || /^[a-z0-9][\w./:@-]*$/.test(news.reference);
    const reason = `"${news.reference}" is no image reference; write e.g. debian:trixie-slim`;
    return { inputs: news, failures: wellFormed ? [] : [checkFailure("reference", reason)] };
  },

  async diff(_id, olds, news) {
    return { changes: !isKnown(news) || changedInputs(INPUTS, olds, news).length > 0 };
  },

  async create(inputs) {
    return { id: inputs.reference, outs: { ...inputs, imageId: await ensureImage(inputs) } };
  },

  async read(id, props) {
    if (props === undefined) return {};
    const { host, reference } = props;
    const gone = await withEngine(
      host,
      async (docker) => (await imageIdOf(docker, reference)) === undefined,
      { deadlineSeconds: LOOK_SECONDS },
      // A host that does not answer says nothing about the image.
    ).catch(() => false);
    return readResult(
      id,
      props,
      INPUTS,
      gone ? { reference: `${reference} (not on ${host.name})` } : {},
    );
  },

  async update(_id, olds, news) {
    const changed = changedInputs(IMAGE, olds, news).length > 0;
    return { outs: { ...news, imageId: changed ? await ensureImage(news) : olds.imageId } };
  },

  async delete() {
    // The image stays: other builds may start from it, and it goes with the host.
  },
};

/** Makes sure that the host has the image; gives its id. */
async function ensureImage(inputs: BaseImageInputs): Promise<string> {
  const { host, reference, seedFromLocalEngine } = inputs;
  return await withEngine(
    host,
    async (docker, signal) => {
      const present = await imageIdOf(docker, reference);
      if (present !== undefined) return present;
      await fetchImage(docker, host.name, reference, seedFromLocalEngine, signal);
      const fetched = await imageIdOf(docker, reference);
      if (fetched !== undefined) return fetched;
      throw new Error(
        `${host.name} still has no image ${reference} after it was fetched. Run again.`,
      );
    },
    { deadlineSeconds: FETCH_SECONDS },
  );
}
