import type * as pulumi from "@pulumi/pulumi";
import type { ServicePlan } from "../model/plan";
import { SwarmService as SwarmServiceResource } from "../providers/swarm-service/resource";
import type { Host } from "./fleet/fleet";
import { HiveComponent } from "./hive-component";
import type { Registry } from "./repository-server/registry";
import type { SiteImage } from "./site-image";

/** Arguments of {@link SwarmService}. */
export interface SwarmServiceArgs {
  readonly service: ServicePlan;
  readonly siteName: string;
  readonly managers: readonly Host[];
  /** The images that the site builds, by name. */
  readonly images: ReadonlyMap<string, SiteImage>;
  readonly registry: Registry;
}

/** A service of the Swarm, deployed by digest and converged when the resource is done. */
export class SwarmService extends HiveComponent {
  /** The image reference that runs. */
  readonly image: pulumi.Output<string>;

  constructor(name: string, args: SwarmServiceArgs, opts: pulumi.ComponentResourceOptions) {
    super("SwarmService", name, opts);
    const { service } = args;
    const resource = new SwarmServiceResource(
      this.child("service"),
      {
        managers: args.managers.map((host) => host.access),
        site: args.siteName,
        name: service.name,
        image: this.imageOf(args),
        registryAuth: args.registry.pullAccount,
        mode: service.mode,
        environment: service.environment,
        ports: service.ports,
        labels: service.labels,
        stopGracePeriodSeconds: service.stopGracePeriodSeconds,
        ...(service.hostname === undefined ? {} : { hostname: service.hostname }),
        ...(service.healthcheck === undefined ? {} : { healthcheck: service.healthcheck }),
      },
      { parent: this },
    );
    this.image = resource.image;
    this.registerOutputs({ image: this.image });
  }

  private imageOf(args: SwarmServiceArgs): pulumi.Input<string> {
    const { image } = args.service;
    if (image.kind === "reference") return image.reference;
    const built = args.images.get(image.image);
    if (built === undefined) throw new Error(`The plan names no image ${image.image}.`);
    return built.reference;
  }
}
