import { imagePins } from "./image-pins";
import type { Image } from "../inventory";
import type { ImagePlan, RegistryPlan, ServicePlan, StageName } from "../plan";
import type { SiteCheck } from "../schema/check-site";
import type { Stage } from "../stage/check-stage";
import { sortedRecord, sortedUnique } from "../values/text-order";

/** Inputs that decide which images a stage builds, and which finished ones it uses. */
export interface ImageParts {
  readonly stage: Stage;
  readonly site: SiteCheck;
  readonly services: readonly ServicePlan[];
}

/** The images of a site on a stage. A pin wins over pulling, pulling over building. */
export function planImages(
  { stage, site, services }: ImageParts,
  registry: RegistryPlan,
): readonly ImagePlan[] {
  const { digests } = imagePins(
    stage.config.pins,
    site.names.images,
    services.map((plan) => ({ plan })),
  );
  return [...site.images].map(([name, image]) => {
    const plan = planImage(name, image, registry);
    const digest = digests.get(name);
    const pulled = isPulled(image, stage.name) ? image.pull?.from : undefined;
    const pullFrom = digest === undefined ? pulled : `${plan.repository}@${digest}`;
    return {
      ...plan,
      // A stage that never builds reads no build secret. A stage with a pinned digest builds again
      // one day: its secrets stay.
      ...(pulled === undefined ? {} : { buildSecrets: [] }),
      ...(pullFrom === undefined ? {} : { pullFrom }),
    };
  });
}

/** Whether a stage uses a finished image instead of a build. */
export function isPulled(image: Image, stage: StageName): boolean {
  return image.pull?.on.includes(stage) === true;
}

/** Folder of an image's Dockerfile, relative to the project's root. */
export function contextOf(name: string, image: Image): string {
  return (image.context ?? `site/images/${name}`).replace(/\/+$/, "");
}

function planImage(name: string, image: Image, registry: RegistryPlan): ImagePlan {
  return {
    name,
    context: contextOf(name, image),
    repository: `${registry.address}/${name}`,
    buildArguments: sortedRecord(image.buildArguments ?? {}),
    ...(image.target === undefined ? {} : { target: image.target }),
    buildSecrets: sortedUnique(image.buildSecrets ?? []),
  };
}
