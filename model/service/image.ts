import { z } from "zod";
import { imageForm } from "../foreign/service-forms";
import { imageReference } from "../schema/image";
import { reference } from "../schema/values";
import type { SwarmConcept } from "./concept";

/** The image that a service's tasks run. */

/** The source of a service's image. */
export type ServiceImage =
  | { readonly kind: "build"; /** Name of an image of the plan. */ readonly image: string }
  | {
      readonly kind: "reference";
      /** e.g. `docker.io/library/nginx@sha256:…`. */ readonly reference: string;
    };

/** The image in the plan. */
export interface PlannedImage {
  readonly image: ServiceImage;
}

/** The image in the Swarm. */
export interface RunningImage {
  /** Reference with a digest, so that a failover never needs the registry. */
  readonly image: string;
}

const schema = {
  image: z.union([imageReference, z.strictObject({ build: reference })]).meta({
    foreignForm: imageForm,
    write:
      'write a reference such as "docker.io/library/nginx@sha256:…", or { build: "<name>" } for an image of the site',
  }),
};

/** The concept; see `concepts.ts`. */
export const image: SwarmConcept<typeof schema, PlannedImage, RunningImage> = {
  schema,
  plan: (service) => ({
    image:
      typeof service.image === "string"
        ? { kind: "reference", reference: service.image }
        : { kind: "build", image: service.image.build },
  }),
  fields: { image: "tasks" },
  normalize: (spec) => ({ image: spec.image }),
  toEngine: (spec) => ({ container: { Image: spec.image } }),
  fromEngine: ({ TaskTemplate: template }) => ({ image: template.ContainerSpec.Image }),
};
