import { types } from "../resource-types";
import { known, resourceRule } from "../rule";

/** What runs is what was reviewed, also after a failover. */
export const imagesByDigest = resourceRule({
  id: "images-by-digest",
  severity: "high",
  enforcement: "mandatory",
  why: "A tag can be another image tomorrow, on one server of three.",
  remedy: "Name the image with its digest, `name@sha256:…`.",
  types: [types.service],
  judge: ({ props }) => {
    // The digest of an image that is still to be built is not known; it will have one.
    const image = known(() => props["image"]);
    if (typeof image !== "string" || /@sha256:[0-9a-f]{64}$/.test(image)) return [];
    return [`Its image ${image} has no digest.`];
  },
});
