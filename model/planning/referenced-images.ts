import type { Plan } from "../plan";
import { compareText } from "../values/text-order";
import type { ServicePlan } from "../service-plan";

/** An image that services name by reference. */
export interface ReferencedImage {
  /**
   * Stable name for the resource tree: the repository without digest and tag, other characters as
   * hyphens.
   */
  readonly name: string;
  readonly reference: string;
}

/**
 * The images that services name by reference, each once, in the order of their names. Two
 * references of one repository get the beginning of their digest or their tag behind the name.
 */
export function referencedImages(services: readonly ServicePlan[]): readonly ReferencedImage[] {
  const references = new Set(
    services.flatMap(({ image }) => (image.kind === "reference" ? [image.reference] : [])),
  );
  const named = [...references].map((reference) => ({
    reference,
    name: repositoryName(reference),
  }));
  return named
    .map(({ reference, name }) => {
      const shared = named.some((other) => other.name === name && other.reference !== reference);
      return { reference, name: shared ? `${name}-${versionName(reference)}` : name };
    })
    .sort((a, b) => compareText(a.name, b.name));
}

/**
 * Whether a service's image comes from the stage's own registry, so that Docker Engines that pull
 * it may get its account. Any other registry would receive the site's password.
 */
export function isOwnImage(
  plan: Pick<Plan, "registry" | "images">,
  { image }: Pick<ServicePlan, "image">,
): boolean {
  const reference =
    image.kind === "reference"
      ? image.reference
      : plan.images.find(({ name }) => name === image.image)?.pullFrom;
  return reference === undefined || reference.startsWith(`${plan.registry.address}/`);
}

function repositoryName(reference: string): string {
  const [withoutDigest = reference] = reference.split("@");
  return withoutDigest
    .replace(/:[^:/]+$/, "")
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "");
}

function versionName(reference: string): string {
  const digest = /@sha256:([0-9a-f]{12})/.exec(reference)?.[1];
  const tag = /:([^:/@]+)$/.exec(reference.split("@")[0] ?? "")?.[1];
  return digest ?? (tag ?? "latest").toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
}
