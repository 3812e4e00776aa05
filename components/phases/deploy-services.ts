import type * as pulumi from "@pulumi/pulumi";
import { clusterHosts, type Fleet } from "../../fleet/fleet";
import type { Plan, ServicePlan } from "../../model/plan";
import { deploymentOrder } from "../../model/planning/deployment-order";
import type { JoinedNetwork } from "../service-network";
import { SecretsAndConfigs } from "../secrets-and-configs";
import { SwarmService } from "../swarm-service";
import { imageOf, type Images } from "./build-images";
import type { Volumes } from "./build-volumes";
import { initializeService } from "./initialize-services";
import type { PhaseComponent } from "./phase";
import { required } from "../required";
import type { SiteHosts } from "./setup-hosts";

/** The resources that services need. */
export interface EarlierPhases {
  readonly siteHosts: SiteHosts;
  readonly images: Images;
  readonly networks: ReadonlyMap<string, JoinedNetwork>;
  readonly volumes: Volumes;
  /** The phase initialize-services; absent in a run that stops before. */
  readonly initialization: PhaseComponent | undefined;
}

/** Result of the phase deploy-services, by the services' names in the order of their deployment. */
export interface DeployedServices {
  readonly running: ReadonlyMap<string, SwarmService>;
  /** What is done when a service runs and has its initial data. */
  readonly ready: ReadonlyMap<string, pulumi.CustomResource>;
}

/**
 * The phase deploy-services: the services, each after the services that it depends on run and have
 * loaded their initial data. The resources that load data is created in between, under their own
 * phase.
 */
export function deployServices(
  parent: PhaseComponent,
  plan: Plan,
  fleet: Fleet,
  earlier: EarlierPhases,
): DeployedServices {
  const managers = clusterHosts(fleet);
  const { swarm, secrets, repositoryServer } = earlier.siteHosts;
  const files = new SecretsAndConfigs(
    "files",
    { plan, fleet, secrets },
    { parent, dependsOn: [swarm.membership] },
  );
  const services = new Map<string, SwarmService>();
  const ready = new Map<string, pulumi.CustomResource>();
  for (const service of deploymentOrder(plan.services)) {
    const running = new SwarmService(
      `service-${service.name}`,
      {
        plan,
        service,
        managers,
        image: imageOf(service, earlier.images),
        registry: repositoryServer.registry,
        networks: earlier.networks,
        externalVolumes: earlier.volumes.external,
        files,
      },
      {
        parent,
        dependsOn: [
          swarm.membership,
          ...volumesOf(service).map((name) => volumeNamed(name, earlier.volumes)),
          ...service.dependsOn.map((name) => required(ready, name)),
        ],
      },
    );
    services.set(service.name, running);
    const initialized = initializeService(earlier.initialization, {
      plan,
      service,
      running,
      managers,
      secrets,
    });
    ready.set(service.name, initialized ?? running.converged);
  }
  return { running: services, ready };
}

/** The resource that a service waits for when it mounts the volume. */
function volumeNamed(name: string, { own, external }: Volumes): pulumi.Resource {
  return external.get(name) ?? required(own, name).onHosts;
}

function volumesOf({ mounts }: ServicePlan): readonly string[] {
  return mounts.flatMap((mount) => (mount.kind === "volume" ? [mount.volume] : []));
}
