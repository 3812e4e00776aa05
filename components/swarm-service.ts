import * as pulumi from "@pulumi/pulumi";
import { partnersOf } from "../model/service/colocation";
import type { Plan, ServicePlan } from "../model/plan";
import { isOwnImage } from "../model/planning/referenced-images";
import { externalMount, serviceMount } from "../model/service/mounts";
import { portOfSwarm } from "../model/service/ports";
import { plannedService } from "../model/service/spec";
import type { ExternalObject } from "../providers/external-object/resource";
import { SwarmService as SwarmServiceResource } from "../providers/swarm-service/resource";
import type { Host } from "../fleet/fleet";
import { required } from "./required";
import { HiveComponent } from "../providers/framework/hive-component";
import type { Registry } from "./repository-server/registry";
import type { JoinedNetwork } from "./service-network";
import type { SecretOrConfig, SecretsAndConfigs } from "./secrets-and-configs";

export interface SwarmServiceArgs {
  readonly plan: Plan;
  readonly service: ServicePlan;
  readonly managers: readonly Host[];
  /** Reference of the image, by digest; resolves when it is on the hosts. */
  readonly image: pulumi.Output<string>;
  readonly registry: Registry;
  /** By the networks' names in the site. */
  readonly networks: ReadonlyMap<string, JoinedNetwork>;
  /** By the volumes' names in the site. */
  readonly externalVolumes: ReadonlyMap<string, ExternalObject>;
  readonly files: SecretsAndConfigs;
}

/** A Swarm service, deployed by digest. It has converged when the resource is done. */
export class SwarmService extends HiveComponent {
  /** The image reference that runs. */
  readonly image: pulumi.Output<string>;
  /** Id in the Swarm. */
  readonly serviceId: pulumi.Output<string>;
  /** Resolves when the service has converged; resources that depend on the service wait for it. */
  readonly converged: SwarmServiceResource;

  constructor(name: string, args: SwarmServiceArgs, opts: pulumi.ComponentResourceOptions) {
    super("SwarmService", name, opts);
    const { plan, service, files } = args;
    const partners = partnersOf(service, plan.services);
    this.converged = new SwarmServiceResource(
      this.child("service"),
      {
        ...plannedService(service),
        ports: service.ports.map(portOfSwarm),
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
        mounts: service.mounts.map((mount) => {
          const external =
            mount.kind === "volume" ? args.externalVolumes.get(mount.volume) : undefined;
          return external === undefined || mount.kind !== "volume"
            ? serviceMount(mount, plan.volumes)
            : pulumi
                .all([external.objectName, external.driver])
                .apply(([source, driver]) => externalMount(mount, source, driver));
        }),
        secrets: files.secretsOf(service.secrets).map(asServiceFile),
        configs: files.configsOf(service.configs).map(asServiceFile),
      },
      { parent: this },
    );
    this.image = this.converged.image;
    // The same as `serviceId`, but known in the preview of a change.
    this.serviceId = this.converged.id;
    this.registerOutputs({ image: this.image });
  }
}

function asServiceFile({ id, swarmName, target, uid, gid, mode }: SecretOrConfig) {
  return { id, name: swarmName, target, uid, gid, mode };
}
