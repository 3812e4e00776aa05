import type { StateResource } from "../pulumi/state";
import { dynamicType } from "../pulumi/urn";

/** An image that hive itself keeps on the repository server. */
export interface OwnImage {
  /** The reference of a base image, e.g. `debian:trixie-slim`; `registry`. */
  readonly name: string;
  readonly kind: "base" | "platform";
  /** `sha256:…` */
  readonly id: string;
  /** Its digest in a registry; absent: it came from none. */
  readonly digest?: string;
  /** The update for which a run asked for it last; absent: for none. */
  readonly updated?: string;
  /** Whether it comes from this computer's Docker Engine, if that has it. */
  readonly isLocal: boolean;
}

type Known = Pick<StateResource, "type" | "inputs" | "outputs">;

/** The images that hive itself keeps on the repository server, by the state: base images first. */
export function ownImages(resources: readonly Known[]): readonly OwnImage[] {
  const bases = resources.filter(({ type }) => type === dynamicType("BaseImage"));
  // Images of the site are pushed, and `status` has them with their services.
  const platform = resources.filter(
    ({ type, inputs }) => type === dynamicType("ImageBuild") && inputs["push"] === false,
  );
  return [
    ...bases.map((resource) => ({
      ...known(resource),
      name: text(resource.inputs["reference"]),
      kind: "base" as const,
      isLocal: resource.inputs["seedFromLocalEngine"] === true,
    })),
    ...platform.map((resource) => ({
      ...known(resource),
      name: text(resource.inputs["repository"]).replace(/^.*\//, ""),
      kind: "platform" as const,
      isLocal: false,
    })),
  ].filter(({ id, name }) => id !== "" && name !== "");
}

function known({ inputs, outputs }: Known): Pick<OwnImage, "id" | "digest" | "updated"> {
  const digest = text(outputs["digest"]);
  const updated = text(inputs["updated"]);
  return {
    id: text(outputs["imageId"]),
    ...(digest === "" ? {} : { digest }),
    ...(updated === "" ? {} : { updated }),
  };
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
