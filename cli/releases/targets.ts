import { referencedImages } from "../../model/planning/referenced-images";
import type { Plan } from "../../model/plan";
import { componentType, dynamicType, readUrn } from "../pulumi/urn";

/** Resources that make up the release of some services. */
export interface ReleaseTargets {
  /** For `pulumi up --target`. */
  readonly urns: readonly string[];
  /** Services of which the state has nothing yet. */
  readonly unbuilt: readonly string[];
}

/**
 * The targets for Pulumi to release services: their images and the services themselves, but nothing
 * that they use or that uses them. A pattern names a resource that does not exist yet, such as an
 * image that a service was switched to.
 *
 * @param urns of all resources in the state
 */
export function releaseTargets(
  plan: Pick<Plan, "services">,
  services: readonly string[],
  urns: readonly string[],
): ReleaseTargets {
  const typed = (urn: string): string => {
    const { type, name } = readUrn(urn);
    return `${type}::${name}`;
  };
  const built = new Set(urns.map(typed));
  const wanted = [
    ...imageResources(plan, services),
    ...services.flatMap((name) => [
      `${componentType("SwarmService")}::service-${name}`,
      serviceResource(name),
    ]),
  ];
  const known = urns.filter((urn) => wanted.includes(typed(urn)));
  const missing = wanted.filter((one) => !built.has(one));
  return {
    urns: [...known, ...missing.map((one) => `**${one}`)],
    unbuilt: services.filter((name) => !built.has(serviceResource(name))),
  };
}

function serviceResource(name: string): string {
  return `${dynamicType("SwarmService")}::service-${name}-service`;
}

/**
 * The resources of the images that services run: type and logical name of each.
 */
function imageResources({ services }: Pick<Plan, "services">, wanted: readonly string[]): string[] {
  const references = referencedImages(services);
  const names = services
    .filter(({ name }) => wanted.includes(name))
    .flatMap(({ image }) => {
      if (image.kind === "build") {
        const name = `image-${image.image}`;
        return [
          `${componentType("SiteImage")}::${name}`,
          `${dynamicType("ImageBuild")}::${name}-build`,
          `${dynamicType("ImagePull")}::${name}-on-hosts`,
        ];
      }
      const found = references.find(({ reference }) => reference === image.reference);
      if (found === undefined) return [];
      const name = `reference-${found.name}`;
      return [
        `${componentType("ReferenceImage")}::${name}`,
        `${dynamicType("ImagePull")}::${name}-on-hosts`,
      ];
    });
  return [...new Set(names)];
}
