import { referencedImages } from "../../model/referenced-images";
import type { Plan } from "../../model/plan";
import { readUrn } from "../engine/urn";

/** Resources that make up the release of some services. */
export interface ReleaseTargets {
  /** For `pulumi up --target`. */
  readonly urns: readonly string[];
  /** Services of which the state has nothing yet. */
  readonly unbuilt: readonly string[];
}

/**
 * What the engine has to look at to release services: their images and the services themselves, nothing that they use or
 * that uses them. A resource that is not there yet, such as an image that a service was switched to, is named by a pattern.
 *
 * @param urns of all resources in the state
 */
export function releaseTargets(
  plan: Pick<Plan, "services">,
  services: readonly string[],
  urns: readonly string[],
): ReleaseTargets {
  const built = new Set(urns.map((urn) => readUrn(urn).name));
  const names = services.flatMap((name) => [`service-${name}`, `service-${name}-service`]);
  const images = imageNames(plan, services).flatMap((name) => [
    name,
    `${name}-build`,
    `${name}-on-hosts`,
  ]);
  const wanted = [...images, ...names];
  const known = urns.filter((urn) => wanted.includes(readUrn(urn).name));
  const missing = wanted.filter((name) => !built.has(name));
  return {
    urns: [...known, ...missing.map((name) => `**::${name}`)],
    unbuilt: services.filter((name) => !built.has(`service-${name}-service`)),
  };
}

/** Logical names of the images that services run. */
function imageNames({ services }: Pick<Plan, "services">, wanted: readonly string[]): string[] {
  const references = referencedImages(services);
  const names = services
    .filter(({ name }) => wanted.includes(name))
    .flatMap(({ image }) => {
      if (image.kind === "build") return [`image-${image.image}`];
      const found = references.find(({ reference }) => reference === image.reference);
      return found === undefined ? [] : [`reference-${found.name}`];
    });
  return [...new Set(names)];
}
