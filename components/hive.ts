import * as pulumi from "@pulumi/pulumi";
import type { ContainerFleetPlan } from "../model/container-fleet";
import { endpointUrl } from "../model/endpoint-url";
import type { Phase } from "../model/phases";
import type { Plan, ServicePlan } from "../model/plan";
import { ContainerFleet } from "./fleet/container";
import { clusterHosts, repositoryHost, type Fleet } from "./fleet/fleet";
import { HostSetup } from "./host-setup";
import type { ServiceOutput, StackOutputs } from "./outputs";
import { PhaseComponent } from "./phase";
import { RepositoryServer } from "./repository-server";
import { SiteAuthority } from "./site-authority";
import { SiteImage } from "./site-image";
import { SwarmCluster } from "./swarm-cluster";
import { SwarmService } from "./swarm-service";

/** Arguments of {@link Hive}. */
export interface HiveArgs {
  readonly plan: Plan;
  /** What the engine at hand made of the plan. */
  readonly containerFleet: ContainerFleetPlan;
}

/** A whole site on one stage, built in seven phases. */
export class Hive extends pulumi.ComponentResource {
  readonly outputs: StackOutputs;
  private readonly plan: Plan;

  constructor(name: string, args: HiveArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("hive:index:Hive", name, {}, opts);
    this.plan = args.plan;

    const fleet = this.buildInfra(args);
    const base = this.through("setup-hosts", (phase) => this.setupHosts(phase, fleet));
    const images =
      base && this.through("build-images", (phase) => this.buildImages(phase, fleet, base));
    // Their engines come with the full service model; as phases they exist from the start.
    this.through("build-networks", () => undefined);
    this.through("build-volumes", () => undefined);
    const services =
      base &&
      images &&
      this.through("deploy-services", (phase) => this.deployServices(phase, fleet, base, images));
    this.through("initialize-services", () => undefined);

    this.outputs = this.describe(fleet, base, services);
    this.registerOutputs({ ...this.outputs });
  }

  private buildInfra(args: HiveArgs): Fleet {
    const parent = new PhaseComponent("build-infra", { parent: this });
    return new ContainerFleet("fleet", { plan: args.plan, fleet: args.containerFleet }, { parent });
  }

  private setupHosts(parent: PhaseComponent, fleet: Fleet): Base {
    const authority = new SiteAuthority("authority", { plan: this.plan }, { parent });
    const setups = new Map<string, HostSetup>();
    let previous: HostSetup | undefined;
    for (const host of fleet.hosts) {
      const setup: HostSetup = new HostSetup(
        `setup-${host.plan.logicalName}`,
        {
          plan: this.plan,
          host,
          authorityCertificate: authority.certificate,
          // The repository server is no member of the Swarm: its restart disturbs no quorum.
          ...(previous === undefined || host.plan.role === "repository" ? {} : { after: previous }),
        },
        { parent },
      );
      setups.set(host.plan.name, setup);
      previous = setup;
    }
    const members = clusterHosts(fleet);
    const swarm = new SwarmCluster(
      "swarm",
      { plan: this.plan, hosts: members },
      { parent, dependsOn: members.map((host) => required(setups, host.plan.name).engine) },
    );
    const repository = repositoryHost(fleet);
    const repositoryServer = new RepositoryServer(
      "repository",
      {
        plan: this.plan,
        host: repository,
        setup: required(setups, repository.plan.name),
        authority,
      },
      { parent },
    );
    return { swarm, repositoryServer };
  }

  private buildImages(
    parent: PhaseComponent,
    fleet: Fleet,
    base: Base,
  ): ReadonlyMap<string, SiteImage> {
    const { registry } = base.repositoryServer;
    return new Map(
      this.plan.images.map((image) => [
        image.name,
        new SiteImage(
          `image-${image.name}`,
          { image, registry, hosts: clusterHosts(fleet) },
          { parent, dependsOn: [base.swarm.membership] },
        ),
      ]),
    );
  }

  private deployServices(
    parent: PhaseComponent,
    fleet: Fleet,
    base: Base,
    images: ReadonlyMap<string, SiteImage>,
  ): ReadonlyMap<string, SwarmService> {
    const { registry } = base.repositoryServer;
    return new Map(
      this.plan.services.map((service) => [
        service.name,
        new SwarmService(
          `service-${service.name}`,
          {
            service,
            siteName: this.plan.siteName,
            managers: clusterHosts(fleet),
            images,
            registry,
          },
          { parent, dependsOn: [base.swarm.membership] },
        ),
      ]),
    );
  }

  /** Runs a phase if this run goes that far. */
  private through<T>(phase: Phase, build: (parent: PhaseComponent) => T): T | undefined {
    if (!this.plan.phases.includes(phase)) return undefined;
    return build(new PhaseComponent(phase, { parent: this }));
  }

  private describe(
    fleet: Fleet,
    base: Base | undefined,
    services: ReadonlyMap<string, SwarmService> | undefined,
  ): StackOutputs {
    const running = this.plan.services.flatMap((service) => {
      const component = services?.get(service.name);
      return component === undefined ? [] : [[service, component] as const];
    });
    return {
      stage: pulumi.output(this.plan.stage),
      site: pulumi.output(this.plan.siteName),
      phases: pulumi.output(this.plan.phases),
      hosts: pulumi.output(
        fleet.hosts.map((host) => ({
          name: host.plan.name,
          role: host.plan.role,
          zone: host.plan.zone,
          privateAddress: host.plan.privateAddress,
          publicAddress: host.publicAddress,
        })),
      ),
      services: pulumi.output(
        Object.fromEntries(
          running.map(([service, component]) => [
            service.name,
            component.image.apply((image) => describeService(fleet, service, image)),
          ]),
        ),
      ),
      registry: pulumi.output(base === undefined ? {} : { address: this.plan.registry.address }),
      access: pulumi.output(fleet.hosts.map((host) => host.access)),
    };
  }
}

/** What the phase setup-hosts leaves for later ones. */
interface Base {
  readonly swarm: SwarmCluster;
  readonly repositoryServer: RepositoryServer;
}

function required<K, V>(map: ReadonlyMap<K, V>, key: K): V {
  const value = map.get(key);
  if (value === undefined) throw new Error(`Nothing was built for ${String(key)}.`);
  return value;
}

function describeService(fleet: Fleet, service: ServicePlan, image: string): ServiceOutput {
  const endpoints = service.ports.flatMap((port) =>
    clusterHosts(fleet).map((host) => endpointUrl(port, host.reach(port.published, port.protocol))),
  );
  return { image, digest: image.split("@")[1] ?? "", endpoints };
}
