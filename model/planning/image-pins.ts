import type { ServicePlan } from "../plan";

/** The result of a stage's pins. */
export interface ImagePins {
  /** Digest by name of an image. */
  readonly digests: ReadonlyMap<string, string>;
  /** Unknown names: neither an image of the site nor a service that runs one. */
  readonly unknown: readonly string[];
  /** Pins that contradict another one, with the image that they mean. */
  readonly doubled: readonly { readonly name: string; readonly image: string }[];
}

/**
 * The images that a stage pins. A pin names an image, or a service that runs an image of the site;
 * the name of an image comes first.
 *
 * @param pins digests by name
 * @param images names of all images of the site
 */
export function imagePins(
  pins: Readonly<Record<string, string>>,
  images: readonly string[],
  services: readonly { readonly plan: ServicePlan }[],
): ImagePins {
  const digests = new Map<string, string>();
  const unknown: string[] = [];
  const doubled: { name: string; image: string }[] = [];
  const byImageFirst = Object.entries(pins).sort(
    ([left], [right]) => Number(images.includes(right)) - Number(images.includes(left)),
  );
  for (const [name, digest] of byImageFirst) {
    const image = images.includes(name) ? name : imageOfService(name, services);
    if (image === undefined) unknown.push(name);
    else if ((digests.get(image) ?? digest) !== digest) doubled.push({ name, image });
    else digests.set(image, digest);
  }
  return { digests, unknown, doubled };
}

function imageOfService(
  name: string,
  services: readonly { readonly plan: ServicePlan }[],
): string | undefined {
  const image = services.find(({ plan }) => plan.name === name)?.plan.image;
  return image?.kind === "build" ? image.image : undefined;
}
