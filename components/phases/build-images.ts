import type * as pulumi from "@pulumi/pulumi";
import { clusterHosts, type Fleet } from "../../fleet/fleet";
import type { Plan, ServicePlan } from "../../model/plan";
import { referencedImages } from "../../model/planning/referenced-images";
import { ReferenceImage } from "../reference-image";
import { SiteImage } from "../site-image";
import type { PhaseComponent } from "./phase";
import { required } from "../required";
import type { SiteHosts } from "./setup-hosts";

/** Result of the phase build-images: images on the cluster hosts. */
export interface Images {
  /** By the images' names in the site. */
  readonly built: ReadonlyMap<string, SiteImage>;
  /** By the reference that a service names. */
  readonly references: ReadonlyMap<string, ReferenceImage>;
}

/**
 * The phase build-images: images of the site are built and pushed, and all are pulled onto every
 * cluster host.
 */
export function buildImages(
  parent: PhaseComponent,
  plan: Plan,
  fleet: Fleet,
  siteHosts: SiteHosts,
): Images {
  const { registry } = siteHosts.repositoryServer;
  const hosts = clusterHosts(fleet);
  const dependsOn = [siteHosts.swarm.membership];
  const built = new Map(
    plan.images.map((image) => [
      image.name,
      new SiteImage(
        `image-${image.name}`,
        { image, registry, hosts, secrets: siteHosts.secrets.values },
        { parent, dependsOn },
      ),
    ]),
  );
  const references = new Map(
    referencedImages(plan.services).map(({ name, reference }) => [
      reference,
      new ReferenceImage(`reference-${name}`, { reference, hosts }, { parent, dependsOn }),
    ]),
  );
  return { built, references };
}

/** The image of a service, by digest where it has one. */
export function imageOf({ image }: ServicePlan, images: Images): pulumi.Output<string> {
  return image.kind === "build"
    ? required(images.built, image.image).reference
    : required(images.references, image.reference).reference;
}
