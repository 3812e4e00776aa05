import type * as pulumi from "@pulumi/pulumi";
import { checkFailure } from "../framework/check-failure";
import { changedInputs, changesOf } from "../framework/dynamic";
import { readResult } from "../framework/read-result";
import { withEngine } from "../transport/engine";
import type { HostAccess } from "../transport/host-access";
import { isKnown } from "../framework/unknown-value";
import { fetchBaseImage, fetchNewest, imageIdOf, repositoryDigestOf } from "./client";

/** Inputs as they come over the wire. */
export interface BaseImageInputs {
  readonly host: HostAccess;
  readonly incarnation: string;
  readonly reference: string;
  readonly seedFromLocalEngine: boolean;
  readonly updated?: string;
  readonly revision: string;
}

/** The image that a reference meant when it was first pulled, or at the last update. */
interface Pin {
  /** Id, `sha256:…`. It is part of the content hash of built images. */
  readonly imageId: string;
  /** As its registry knows it, `sha256:…`; empty for an image that came from no registry. */
  readonly digest: string;
}

/** What the state holds. */
export interface BaseImageState extends BaseImageInputs, Pin {}

/** Inputs that decide which image must be where. */
const IMAGE = ["incarnation", "reference", "updated"] as const;
const INPUTS = [...IMAGE, "host", "seedFromLocalEngine", "revision"] as const;
const FETCH_SECONDS = 600;
const LOOK_SECONDS = 20;

/** Keeps the base image of builds on a host. */
export const baseImageProvider: pulumi.dynamic.ResourceProvider<BaseImageInputs, BaseImageState> = {
  async check(_olds, news) {
    const wellFormed = !isKnown(news.reference) || /^[a-z0-9][\w./:@-]*$/.test(news.reference);
    const reason = `"${news.reference}" is not a valid image reference; write e.g. debian:trixie-slim`;
    return { inputs: news, failures: wellFormed ? [] : [checkFailure("reference", reason)] };
  },

  async diff(_id, olds, news) {
    return changesOf(!isKnown(news) || changedInputs(INPUTS, olds, news).length > 0);
  },

  async create(inputs) {
    return { id: inputs.reference, outs: { ...inputs, ...(await ensureImage(inputs)) } };
  },

  async read(id, props) {
    if (props === undefined) return {};
    const { host, reference } = props;
    const gone = await withEngine(
      host,
      async (docker) => (await imageIdOf(docker, reference)) === undefined,
      { deadlineSeconds: LOOK_SECONDS },
      // Without an answer of the host nothing is known about the image.
    ).catch(() => false);
    return readResult(
      id,
      props,
      INPUTS,
      gone ? { reference: `${reference} (not on ${host.name})` } : {},
    );
  },

  async update(_id, olds, news) {
    const { imageId, digest = "" } = olds as Partial<Pin> & { readonly imageId: string };
    const changed = changedInputs(IMAGE, olds, news).length > 0;
    if (!changed) return { outs: { ...news, imageId, digest } };
    // A refresh that did not find the image noted that behind the reference.
    const isSame = olds.reference.split(" ")[0] === news.reference && !isUpdate(olds, news);
    return {
      outs: { ...news, ...(await ensureImage(news, isSame ? { imageId, digest } : undefined)) },
    };
  },

  async delete() {
    // The image stays: other builds may start from it, and it goes with the host.
  },
};

/** Whether a run asks for updates that no run has asked for. */
function isUpdate(olds: Partial<BaseImageInputs>, { updated }: BaseImageInputs): boolean {
  return updated !== undefined && updated !== olds.updated;
}

/**
 * Makes sure that the host has the image. Without a pin, and with an update that was asked for, the
 * host's own image counts only when there is no newer one.
 *
 * @param pin - the image that the reference meant before. It stays, also when a new host gets
 *   another image under the reference: a replaced server builds the same images from the same
 *   sources. Another reference or an update ends the pin.
 */
async function ensureImage(inputs: BaseImageInputs, pin?: Pin): Promise<Pin> {
  const { host, reference, updated } = inputs;
  return await withEngine(
    host,
    async (docker, signal) => {
      const present = await imageIdOf(docker, reference);
      if (pin === undefined && updated !== undefined) {
        await fetchNewest(docker, host.name, { ...inputs, present }, signal);
      } else if (
        present === undefined ||
        (pin !== undefined && pin.digest !== "" && present !== pin.imageId)
      ) {
        await fetchBaseImage(docker, host.name, { ...inputs, digest: pin?.digest ?? "" }, signal);
      }
      if (pin !== undefined) return pin;
      const imageId = await imageIdOf(docker, reference);
      if (imageId !== undefined) {
        return { imageId, digest: await repositoryDigestOf(docker, reference) };
      }
      throw new Error(
        `${host.name} still has no image ${reference} after it was fetched. Run again.`,
      );
    },
    { deadlineSeconds: FETCH_SECONDS },
  );
}
