import * as pulumi from "@pulumi/pulumi";
import { deploymentOrder } from "../model/planning/deployment-order";
import { endpointUrl } from "../model/network/endpoint-url";
import type { Phase } from "../model/phases";
import type { HostPlan, Plan, ServicePlan } from "../model/plan";
import { referencedImages } from "../model/planning/referenced-images";
import { type BuildFleet, clusterHosts, type Fleet, repositoryHost } from "../fleet/fleet";
import { HostSetup } from "./host-setup";
import type { ServiceOutput, StackOutputs } from "./outputs";
import { PhaseComponent } from "./phase";
import { ReferenceImage } from "./reference-image";
import { RepositoryServer } from "./repository-server";
import { ServiceInitialization } from "./service-initialization";
import { ServiceNetwork } from "./service-network";
import { SiteAuthority } from "./site-authority";
import { SiteImage } from "./site-image";
import { SiteSecrets } from "./site-secrets";
import { SiteVolume } from "./site-volume";
import { SwarmCluster } from "./swarm-cluster";
import { SwarmFiles } from "./swarm-files";
import { SwarmService } from "./swarm-service";

/** Arguments of {@link Hive}. */
export interface HiveArgs {
  readonly plan: Plan;
  /** Builds the stage's servers. */
  readonly buildFleet: BuildFleet;
  /** `hive:secrets` of the stage: the operator's own values by name. Secret. */
  readonly stageSecrets: pulumi.Output<Readonly<Record<string, string>>>;
}

/** A whole site on one stage, built in seven phases. */
export class Hive extends pulumi.ComponentResource {
  readonly outputs: StackOutputs;
  private readonly plan: Plan;
  /** By the hosts' names; filled by the phase setup-hosts. */
  private readonly setups = new Map<string, HostSetup>();

  constructor(name: string, args: HiveArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("hive:index:Hive", name, {}, opts);
    this.plan = args.plan;

    const fleet = this.buildInfra(args);
    const base = this.through("setup-hosts", (phase) => this.setupHosts(phase, args, fleet));
    const images =
      base && this.through("build-images", (phase) => this.buildImages(phase, fleet, base));
    const networks =
      base && this.through("build-networks", (phase) => this.buildNetworks(phase, fleet, base));
    const volumes =
      base && this.through("build-volumes", (phase) => this.buildVolumes(phase, fleet, base));
    const deployment = this.through("deploy-services", (phase) => phase);
    const initialization = this.through("initialize-services", (phase) => phase);
    const services =
      base && images && networks && volumes && deployment
        ? this.runServices({ deployment, initialization }, fleet, {
            ...base,
            ...images,
            networks,
            volumes,
          })
        : undefined;

    this.outputs = this.describe(fleet, base, images, services);
    this.registerOutputs({ ...this.outputs });
  }

  private buildInfra(args: HiveArgs): Fleet {
    const parent = new PhaseComponent("build-infra", { parent: this });
    // Asked after the constructor has made all set-ups, which is done without waiting.
    const setUp = async (host: HostPlan): Promise<pulumi.Resource | undefined> => {
      await Promise.resolve();
      return this.setups.get(host.name)?.engine;
    };
    return args.buildFleet("fleet", { setUp }, { parent });
  }

  private setupHosts(parent: PhaseComponent, args: HiveArgs, fleet: Fleet): Base {
    const secrets = new SiteSecrets(
      "secrets",
      { secrets: this.plan.secrets, stageSecrets: args.stageSecrets },
      { parent },
    );
    const authority = new SiteAuthority("authority", { plan: this.plan }, { parent });
    const { setups } = this;
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
    return { swarm, repositoryServer, secrets };
  }

  private buildImages(parent: PhaseComponent, fleet: Fleet, base: Base): Images {
    const { registry } = base.repositoryServer;
    const hosts = clusterHosts(fleet);
    const dependsOn = [base.swarm.membership];
    const built = new Map(
      this.plan.images.map((image) => [
        image.name,
        new SiteImage(
          `image-${image.name}`,
          { image, registry, hosts, secrets: base.secrets.values },
          { parent, dependsOn },
        ),
      ]),
    );
    const references = new Map(
      referencedImages(this.plan.services).map(({ name, reference }) => [
        reference,
        new ReferenceImage(`reference-${name}`, { reference, hosts }, { parent, dependsOn }),
      ]),
    );
    return { built, references };
  }

  private buildNetworks(
    parent: PhaseComponent,
    fleet: Fleet,
    base: Base,
  ): ReadonlyMap<string, ServiceNetwork> {
    return new Map(
      this.plan.overlays.map((overlay) => [
        overlay.name,
        new ServiceNetwork(
          `network-${overlay.name}`,
          { plan: this.plan, overlay, managers: clusterHosts(fleet) },
          { parent, dependsOn: [base.swarm.membership] },
        ),
      ]),
    );
  }

  private buildVolumes(
    parent: PhaseComponent,
    fleet: Fleet,
    base: Base,
  ): ReadonlyMap<string, SiteVolume> {
    return new Map(
      this.plan.volumes.map((volume) => [
        volume.name,
        new SiteVolume(
          `volume-${volume.name}`,
          { plan: this.plan, volume, hosts: clusterHosts(fleet) },
          { parent, dependsOn: [base.swarm.membership] },
        ),
      ]),
    );
  }

  /**
   * The services, each after those that it depends on have run and loaded their initial data. What loads data is made
   * in between, under its own phase.
   */
  private runServices(
    phase: {
      readonly deployment: PhaseComponent;
      /** Absent in a run that stops before. */
      readonly initialization: PhaseComponent | undefined;
    },
    fleet: Fleet,
    parts: Parts,
  ): ReadonlyMap<string, SwarmService> {
    const managers = clusterHosts(fleet);
    const { registry } = parts.repositoryServer;
    const files = new SwarmFiles(
      "files",
      { plan: this.plan, managers, secrets: parts.secrets },
      { parent: phase.deployment, dependsOn: [parts.swarm.membership] },
    );
    const services = new Map<string, SwarmService>();
    const ready = new Map<string, pulumi.Resource>();
    for (const service of deploymentOrder(this.plan.services)) {
      const running = new SwarmService(
        `service-${service.name}`,
        {
          plan: this.plan,
          service,
          managers,
          image: imageOf(service, parts),
          registry,
          networks: parts.networks,
          files,
        },
        {
          parent: phase.deployment,
          dependsOn: [
            parts.swarm.membership,
            ...volumesOf(service).map((name) => required(parts.volumes, name).onHosts),
            ...service.dependsOn.map((name) => required(ready, name)),
          ],
        },
      );
      services.set(service.name, running);
      ready.set(service.name, running.converged);
      if (phase.initialization === undefined || service.initialize.length === 0) continue;
      const initialization = new ServiceInitialization(
        `initialization-${service.name}`,
        { plan: this.plan, service, running, managers, secrets: parts.secrets },
        { parent: phase.initialization },
      );
      ready.set(service.name, initialization.done);
    }
    return services;
  }

  /** Runs a phase if this run goes that far. */
  private through<T>(phase: Phase, build: (parent: PhaseComponent) => T): T | undefined {
    if (!this.plan.phases.includes(phase)) return undefined;
    return build(new PhaseComponent(phase, { parent: this }));
  }

  private describe(
    fleet: Fleet,
    base: Base | undefined,
    images: Images | undefined,
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
      services: withImage(running.map(([service, { image }]) => [service, image])).apply((all) =>
        pulumi.output(
          Object.fromEntries(
            all.map(([service, image]) => [service.name, describeService(fleet, service, image)]),
          ),
        ),
      ),
      images: withImage(
        [...(images?.built ?? [])].map(([name, { reference, releases }]) => [
          { name, releases },
          reference,
        ]),
      ).apply((all) =>
        pulumi.output(
          Object.fromEntries(
            all.map(([{ name, releases }, reference]) => [name, { reference, releases }]),
          ),
        ),
      ),
      registry: pulumi.output(
        base === undefined
          ? {}
          : {
              address: this.plan.registry.address,
              certificateEnd: base.repositoryServer.registry.certificateEnd,
            },
      ),
      access: pulumi.output(fleet.hosts.map((host) => host.access)),
    };
  }
}

/** What the phase setup-hosts leaves for later ones. */
interface Base {
  readonly swarm: SwarmCluster;
  readonly repositoryServer: RepositoryServer;
  readonly secrets: SiteSecrets;
}

/** What the phase build-images leaves: images on the cluster hosts. */
interface Images {
  /** By the images' names in the site. */
  readonly built: ReadonlyMap<string, SiteImage>;
  /** By the reference that a service names. */
  readonly references: ReadonlyMap<string, ReferenceImage>;
}

/** What services are made of. */
interface Parts extends Base, Images {
  readonly networks: ReadonlyMap<string, ServiceNetwork>;
  readonly volumes: ReadonlyMap<string, SiteVolume>;
}

function imageOf({ image }: ServicePlan, parts: Images): pulumi.Output<string> {
  return image.kind === "build"
    ? required(parts.built, image.image).reference
    : required(parts.references, image.reference).reference;
}

/**
 * Those whose image is known. In a run for some resources only, one that was not created yet has none: the engine answers for it
 * with nothing, and an `apply` is called without a value.
 */
function withImage<T>(
  all: readonly (readonly [T, pulumi.Output<string | undefined>])[],
): pulumi.Output<(readonly [T, string])[]> {
  const images = pulumi.all(all.map(([, image]) => image));
  return images.apply((known) =>
    all.flatMap(([one], index) => {
      const image = known[index];
      return image === undefined ? [] : [[one, image] as const];
    }),
  );
}

function volumesOf({ mounts }: ServicePlan): readonly string[] {
  return mounts.flatMap((mount) => (mount.kind === "volume" ? [mount.volume] : []));
}

function required<K, V>(map: ReadonlyMap<K, V>, key: K): V {
  const value = map.get(key);
  if (value === undefined) throw new Error(`Nothing was built for ${String(key)}.`);
  return value;
}

function describeService(
  fleet: Fleet,
  service: ServicePlan,
  image: string,
): { readonly [K in keyof ServiceOutput]: pulumi.Input<ServiceOutput[K]> } {
  const endpoints = pulumi.all(
    service.ports.flatMap((port) =>
      clusterHosts(fleet).map((host) =>
        host.reach(port.published, port.protocol).apply((reach) => endpointUrl(port, reach)),
      ),
    ),
  );
  return { image, digest: image.split("@")[1] ?? "", endpoints };
}
