import { formatCidr, gatewayAddress, hostAddress, parseCidr } from "./addresses";
import { durationSeconds } from "./duration";
import { longestHostName, stagePrefixes } from "./names";
import { compareText } from "./text-order";
import { phasesThrough } from "./phases";
import type {
  HealthcheckPlan,
  HostPlan,
  ImagePlan,
  Plan,
  PortPlan,
  RegistryPlan,
  ServiceImage,
  ServiceMode,
  ServicePlan,
  StageName,
} from "./plan";
import { InventoryError, type Problem } from "./problems";
import { parseShortPort } from "./published-port";
import type { Healthcheck, Image, Port, Service, ShortPort, Site } from "./inventory";
import { checkSite, runsOn, siteFile, type SiteCheck } from "./site-check";
import { siteRuleProblems } from "./site-rules";
import {
  checkStage,
  type FaultyStage,
  type Stage,
  type StageConfig,
  stageOf,
  type StageOptions,
} from "./stage";

/** What {@link planSite} takes beyond stage and site. */
export interface PlanOptions {
  /**
   * Folder for what belongs to this computer, the operator's key among it.
   *
   * @default ".hive"
   */
  readonly hiveHome?: string;
  /**
   * Whether the plan is to be built. Then a fleet that cannot be built yet is a problem; a plan that is only shown may have it.
   *
   * @default false
   */
  readonly building?: boolean;
}

/**
 * Decides all that a run will build: pure, the same for the same input, every default written out, maps and lists of
 * names in alphabetical order.
 *
 * @param input.stage from `parseStage`, or from `checkStage` to have its problems listed together with those of the site
 * @throws InventoryError with all problems at once
 */
export function planSite(
  input: PlanOptions & { readonly stage: Stage | FaultyStage; readonly site: Site },
): Plan {
  const { stage } = input;
  const faults = "problems" in stage ? stage.problems : [];
  const config = "problems" in stage ? {} : stage.config;
  const site = checkSite(input.site);
  const services = planServices(site, stage.name);
  const problems = [
    ...faults,
    ...site.problems,
    ...siteRuleProblems({ stage: stage.name, site, services, config }),
    ...hostNameProblems(stage.name, config, site),
    ...(input.building === true ? buildableProblems(stage.name, config) : []),
  ];
  if (problems.length > 0 || "problems" in stage) throw new InventoryError(problems);
  const plans = services.map((service) => service.plan);
  return assemble(stage, site, plans, input.hiveHome ?? ".hive");
}

/**
 * {@link planSite} from what Pulumi hands to the program, with the problems of stage and site in one list.
 *
 * @param input.stackName the stack's name, which is the stage
 * @param input.config `pulumi.runtime.allConfig()`
 * @throws InventoryError with all problems at once
 */
export function planStack(
  input: PlanOptions &
    StageOptions & {
      readonly stackName: string;
      readonly config: Readonly<Record<string, string>>;
      readonly site: Site;
    },
): Plan {
  return planSite({ ...input, stage: checkStage(stageOf(input.stackName), input.config, input) });
}

function assemble(
  stage: Stage,
  site: SiteCheck,
  services: readonly ServicePlan[],
  hiveHome: string,
): Plan {
  const { name, config } = stage;
  const siteName = config.siteName ?? site.name ?? "";
  const cidr = parseCidr(config.cidr);
  const registry = planRegistry(siteName, config);
  return {
    stage: name,
    fleet: config.fleet,
    siteName,
    network: {
      cidr: formatCidr(cidr),
      gateway: gatewayAddress(cidr),
      overlayPool: config.overlayPool,
    },
    hosts: planHosts(name, siteName, config),
    ssh: {
      user: config.ssh.user,
      port: config.ssh.port,
      privateKeyFile: config.ssh.privateKeyFile ?? `${hiveHome}/${name}/ssh/id_ed25519`,
    },
    swarm: config.swarm,
    registry,
    images: [...site.images].map(([imageName, image]) => planImage(imageName, image, registry)),
    services,
    phases: phasesThrough(config.throughPhase),
    ...(config.fleet === "container" ? { container: config.container } : {}),
  };
}

/**
 * The servers of a stage. Cluster hosts have the indices 0 to n-1 and the repository server the index n: order is
 * identity. When a cluster grows from 3 to 5, hive0 to hive2 keep name and address, but the server `hive3`, which was the
 * repository server, becomes a cluster host and the repository server is made anew as `hive5`. Images are
 * built and pushed again by the next run; what else it has collected by then has to be taken along.
 */
export function planHosts(
  stage: StageName,
  siteName: string,
  config: Pick<StageConfig, "cidr" | "clusterHosts" | "zones">,
): readonly HostPlan[] {
  const cidr = parseCidr(config.cidr);
  return Array.from({ length: config.clusterHosts + 1 }, (_, index) => ({
    index,
    name: hostName(stage, siteName, index),
    logicalName: `hive${index}`,
    role: index < config.clusterHosts ? "cluster" : "repository",
    zone: config.zones[index % config.zones.length] ?? "",
    privateAddress: hostAddress(cidr, index),
  }));
}

function hostName(stage: StageName, siteName: string, index: number): string {
  return `${stagePrefixes[stage]}hive${index}.${siteName}`;
}

function hostNameProblems(
  stage: StageName,
  config: Partial<StageConfig>,
  site: SiteCheck,
): readonly Problem[] {
  const siteName = config.siteName ?? site.name;
  if (siteName === undefined || config.clusterHosts === undefined) return [];
  const longest = hostName(stage, siteName, config.clusterHosts);
  if (longest.length <= longestHostName) return [];
  return [
    {
      path:
        config.siteName === undefined ? `${siteFile}: name` : `Pulumi.${stage}.yaml: hive:siteName`,
      value: JSON.stringify(siteName),
      message: `makes host names such as ${longest} of ${longest.length} letters; Linux takes ${longestHostName}`,
      remedy: `write a name of at most ${siteName.length - (longest.length - longestHostName)} letters`,
    },
  ];
}

function buildableProblems(stage: StageName, config: Partial<StageConfig>): readonly Problem[] {
  if (config.fleet === undefined || config.fleet === "container") return [];
  return [
    {
      path: `Pulumi.${stage}.yaml: hive:fleet`,
      value: config.fleet,
      message: `the ${config.fleet} fleet cannot be built yet; this version of hive builds the container fleet`,
      remedy:
        `use the private stage (pulumi up --stack private); npx hive plan --stack ${stage} shows what this stage ` +
        "will be",
    },
  ];
}

function planRegistry(siteName: string, config: StageConfig): RegistryPlan {
  const name = `registry.${siteName}`;
  const { port } = config.registry;
  return { name, port, address: `${name}:${port}` };
}

function planImage(name: string, image: Image, registry: RegistryPlan): ImagePlan {
  return {
    name,
    context: (image.context ?? `site/images/${name}`).replace(/\/+$/, ""),
    repository: `${registry.address}/${name}`,
    buildArguments: sortedRecord(image.buildArguments ?? {}),
  };
}

function planServices(
  site: SiteCheck,
  stage: StageName,
): readonly { name: string; service: Service; plan: ServicePlan }[] {
  return [...site.services]
    .filter(([, service]) => runsOn(service, stage))
    .map(([name, service]) => ({ name, service, plan: planService(name, service) }));
}

/** The normal form of a service: every default written out. */
export function planService(name: string, service: Service): ServicePlan {
  const mode = planMode(service.mode);
  return {
    name,
    image: planServiceImage(service.image),
    mode,
    environment: sortedRecord(service.environment ?? {}),
    ports: planPorts(service.ports ?? [], mode),
    ...(service.hostname === undefined ? {} : { hostname: service.hostname }),
    labels: sortedRecord(service.labels ?? {}),
    ...(service.healthcheck === undefined
      ? {}
      : { healthcheck: planHealthcheck(service.healthcheck) }),
    stopGracePeriodSeconds: durationSeconds(service.stopGracePeriod ?? "10s") ?? 10,
  };
}

function planMode(mode: Service["mode"]): ServiceMode {
  if (mode === "global") return { kind: "global" };
  return { kind: "replicated", replicas: mode?.replicas ?? 1 };
}

function planServiceImage(image: Service["image"]): ServiceImage {
  return typeof image === "string"
    ? { kind: "reference", reference: image }
    : { kind: "build", image: image.build };
}

function planPorts(ports: readonly (ShortPort | Port)[], mode: ServiceMode): readonly PortPlan[] {
  const usualMode = mode.kind === "global" ? "host" : "ingress";
  return ports
    .map((port) => planPort(port, usualMode))
    .sort((left, right) =>
      left.published === right.published
        ? compareText(left.protocol, right.protocol)
        : left.published - right.published,
    );
}

function planPort(port: ShortPort | Port, usualMode: PortPlan["mode"]): PortPlan {
  if (typeof port === "string") {
    const parsed = parseShortPort(port);
    if (parsed === undefined) throw new RangeError(`${port} is not a published port`);
    return { ...parsed, mode: usualMode };
  }
  return {
    target: port.target,
    published: port.published ?? port.target,
    protocol: port.protocol ?? "tcp",
    mode: port.mode ?? usualMode,
  };
}

function planHealthcheck(healthcheck: Healthcheck): HealthcheckPlan {
  return {
    command: healthcheck.command,
    intervalSeconds: durationSeconds(healthcheck.interval ?? "10s") ?? 10,
    timeoutSeconds: durationSeconds(healthcheck.timeout ?? "5s") ?? 5,
    retries: healthcheck.retries ?? 3,
    startPeriodSeconds: durationSeconds(healthcheck.startPeriod ?? "0s") ?? 0,
  };
}

function sortedRecord(record: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(record).sort(([left], [right]) => compareText(left, right)),
  );
}
