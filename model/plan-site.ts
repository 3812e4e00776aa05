import { formatCidr, gatewayAddress, hostAddress, parseCidr } from "./addresses";
import type { Image, Site } from "./inventory";
import { longestHostName, stagePrefixes } from "./names";
import { imagePins } from "./image-pins";
import { phasesThrough } from "./phases";
import type { HostPlan, ImagePlan, Plan, RegistryPlan, ServicePlan, StageName } from "./plan";
import { planNotices } from "./plan-notices";
import { planConfig, planOverlay, planSecret, planVolume } from "./plan-resources";
import { planService, type ServiceContext } from "./plan-service";
import { InventoryError, type Problem } from "./problems";
import type { PlannedService } from "./rules/rule";
import { checkSite, runsOn, siteFile, type SiteCheck } from "./site-check";
import { siteRuleProblems } from "./site-rules";
import {
  checkStage,
  type FaultyStage,
  type Stage,
  type StageConfig,
  stageFile,
  stageOf,
  type StageOptions,
  volumeBackend,
} from "./stage";
import { sortedRecord, sortedUnique } from "./text-order";
import { usedNames } from "./used-names";

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
  const hosts =
    "problems" in stage ? [] : planHosts(stage.name, siteNameOf(stage, site), stage.config);
  const services = planServices(site, stage.name, hosts);
  const problems = [
    ...faults,
    ...site.problems,
    ...siteRuleProblems({ stage: stage.name, site, services, config }),
    ...hostNameProblems(stage.name, config, site),
    ...(input.building === true ? buildableProblems(stage.name, config) : []),
  ];
  if (problems.length > 0 || "problems" in stage) throw new InventoryError(problems);
  const plans = services.map((service) => service.plan);
  return assemble({ stage, site, hosts, services: plans, hiveHome: input.hiveHome ?? ".hive" });
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

/** The site's name on a stage. */
function siteNameOf(stage: Stage, site: SiteCheck): string {
  return stage.config.siteName ?? site.name ?? "";
}

/** What a plan is assembled from: checked, and without problems. */
interface PlanParts {
  readonly stage: Stage;
  readonly site: SiteCheck;
  readonly hosts: readonly HostPlan[];
  readonly services: readonly ServicePlan[];
  readonly hiveHome: string;
}

function assemble(parts: PlanParts): Plan {
  const { stage, site, services } = parts;
  const { name, config } = stage;
  const siteName = siteNameOf(stage, site);
  const cidr = parseCidr(config.cidr);
  const registry = planRegistry(siteName, config);
  const images = planImages(parts, registry);
  const used = usedNames(services, images);
  const backend = volumeBackend(config);
  const volumes = [...site.volumes]
    .filter(([volume]) => used.volumes.has(volume))
    .map(([volume, wish]) => planVolume(volume, wish, backend));
  return {
    stage: name,
    fleet: config.fleet,
    siteName,
    network: {
      cidr: formatCidr(cidr),
      gateway: gatewayAddress(cidr),
      overlayPool: config.overlayPool,
    },
    hosts: parts.hosts,
    ssh: {
      user: config.ssh.user,
      port: config.ssh.port,
      privateKeyFile: config.ssh.privateKeyFile ?? `${parts.hiveHome}/${name}/ssh/id_ed25519`,
    },
    swarm: config.swarm,
    registry,
    images,
    overlays: [...site.networks]
      .filter(([network]) => used.networks.has(network))
      .map(([network, wish]) => planOverlay(network, wish)),
    volumes,
    secrets: [...site.secrets]
      .filter(([secret]) => used.secrets.has(secret))
      .map(([secret, wish]) => planSecret(secret, wish)),
    configs: [...site.configs]
      .filter(([file]) => used.configs.has(file))
      .map(([file, wish]) => planConfig(file, wish)),
    services,
    notices: planNotices(services, volumes),
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
        config.siteName === undefined ? `${siteFile}: name` : `${stageFile(stage)}: hive:siteName`,
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
      path: `${stageFile(stage)}: hive:fleet`,
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

function planImages(
  { stage, site, services }: Pick<PlanParts, "stage" | "site" | "services">,
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
      // A stage that never builds reads no build secret. One that has pinned a digest builds again one day: its secrets stay.
      ...(pulled === undefined ? {} : { buildSecrets: [] }),
      ...(pullFrom === undefined ? {} : { pullFrom }),
    };
  });
}

/** Whether a stage takes a finished image in the place of a build. */
function isPulled(image: Image, stage: StageName): boolean {
  return image.pull?.on.includes(stage) === true;
}

function planImage(name: string, image: Image, registry: RegistryPlan): ImagePlan {
  return {
    name,
    context: (image.context ?? `site/images/${name}`).replace(/\/+$/, ""),
    repository: `${registry.address}/${name}`,
    buildArguments: sortedRecord(image.buildArguments ?? {}),
    ...(image.target === undefined ? {} : { target: image.target }),
    buildSecrets: sortedUnique(image.buildSecrets ?? []),
  };
}

function planServices(
  site: SiteCheck,
  stage: StageName,
  hosts: readonly HostPlan[],
): readonly PlannedService[] {
  const context: ServiceContext = {
    hosts: Object.fromEntries(hosts.map((host) => [host.name, host.privateAddress])),
    replicatedVolumes: new Set(
      [...site.volumes].flatMap(([name, volume]) => ("replicated" in volume ? [name] : [])),
    ),
    ...(hosts.length === 0 ? {} : { clusterHosts: hosts.length - 1 }),
  };
  return [...site.services]
    .filter(([, service]) => runsOn(service, stage))
    .map(([name, service]) => ({ name, service, plan: planService(name, service, context) }));
}
