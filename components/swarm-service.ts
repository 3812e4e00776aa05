import type * as pulumi from "@pulumi/pulumi";
import { partnersOf } from "../model/service/colocation";
import type { Plan, ServicePlan } from "../model/plan";
import { isOwnImage } from "../model/planning/referenced-images";
import { serviceMounts } from "../model/service/mounts";
import { plannedService } from "../model/service/spec";
import { SwarmService as SwarmServiceResource } from "../providers/swarm-service/resource";
import type { Host } from "../fleet/fleet";
import { required } from "./required";
import { HiveComponent } from "../providers/framework/hive-component";
import type { Registry } from "./repository-server/registry";
import type { ServiceNetwork } from "./service-network";
import type { SwarmFile, SwarmFiles } from "./swarm-files";

/** Arguments of {@link SwarmService}. */
export interface SwarmServiceArgs {
  readonly plan: Plan;
  readonly service: ServicePlan;
  readonly managers: readonly Host[];
  /** Reference of the image, by digest; resolves when it is on the hosts. */
  readonly image: pulumi.Output<string>;
  readonly registry: Registry;
  /** By the networks' names in the site. */
  readonly networks: ReadonlyMap<string, ServiceNetwork>;
  readonly files: SwarmFiles;
}

/** A service of the Swarm, deployed by digest and converged when the resource is done. */
export class SwarmService extends HiveComponent {
  /** The image reference that runs. */
  readonly image: pulumi.Output<string>;
  /** Id in the Swarm. */
  readonly serviceId: pulumi.Output<string>;
  /** Resolves when the service does what is wanted; what depends on the service waits for it. */
  readonly converged: SwarmServiceResource;

  constructor(name: string, args: SwarmServiceArgs, opts: pulumi.ComponentResourceOptions) {
    super("SwarmService", name, opts);
    const { plan, service, files } = args;
    const partners = partnersOf(service, plan.services);
    this.converged = new SwarmServiceResource(
      this.child("service"),
      {
        ...plannedService(service),
        managers: args.managers.map((host) => host.access),
        site: plan.siteName,
        servers: plan.hosts.map(({ name }) => name),
        image: args.image,
        ...(isOwnImage(plan, service) ? { registryAuth: args.registry.pullAccount } : {}),
        ...(partners === undefined ? {} : { partners }),
        networks: service.networks.map(({ network, aliases }) => ({
          id: required(args.networks, network).networkId,
          aliases,
        })),
        mounts: serviceMounts(service.mounts, plan.volumes),
        secrets: files.secretsOf(service.secrets).map(asServiceFile),
        configs: files.configsOf(service.configs).map(asServiceFile),
      },
      { parent: this },
    );
    this.image = this.converged.image;
    this.serviceId = this.converged.serviceId;
    this.registerOutputs({ image: this.image });
  }
}

function asServiceFile({ id, swarmName, target, uid, gid, mode }: SwarmFile) {
  return { id, name: swarmName, target, uid, gid, mode };
}
