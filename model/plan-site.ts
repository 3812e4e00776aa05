import { fleetNeeds } from "../fleet/build-needs";
import { fleetOptions, type FleetWithOptions } from "../fleet/options";
import { fleetTraits, type FleetTraits, type VolumeBackend } from "../fleet/traits";
import type { FileContent, FileLookup } from "./values/file-lookup";
import { type Cidr, formatCidr, gatewayAddress, parseCidr } from "./network/addresses";
import { zoneSubnets } from "./network/zone-subnets";
import type { Site } from "./inventory";
import { phasesThrough } from "./phases";
import type {
  HostPlan,
  Plan,
  RegistryPlan,
  ServicePlan,
  StageName,
  SubnetPlan,
  ValuePlan,
} from "./plan";
import { addGate, planGate } from "./planning/add-gate";
import { fillValues } from "./planning/fill-values";
import { ownOf, planExternals } from "./planning/plan-externals";
import { bindToServers } from "./planning/bind-to-servers";
import { withMadeDisks } from "./planning/made-disks";
import { onItsDevice } from "./planning/volume-server";
import { hostNameProblems, planHosts } from "./planning/plan-hosts";
import { planImages } from "./planning/plan-images";
import { planNotices } from "./planning/plan-notices";
import { planConfig, planOverlay, planSecret, planVolume } from "./planning/plan-resources";
import { planService, type ServiceContext } from "./planning/plan-service";
import { InventoryError, type Problem } from "./problem/problems";
import type { PlannedService } from "./rules/rule";
import { checkSite, runsOn, type SiteCheck, declaredPlace } from "./schema/check-site";
import { siteRuleProblems } from "./rules/all";
import {
  checkStage,
  type FaultyStage,
  type Stage,
  type StageConfig,
  stageFile,
  stageOf,
  type StageOptions,
  volumeBackend,
} from "./stage/check-stage";
import { type TransformedCloud, transformCloud } from "./planning/transform-instances";
import { transformServers } from "./planning/transform-servers";
import { transformServices } from "./planning/transform-services";
import type { ServerContainerPlan } from "./server-container";
import { usedNames } from "./planning/used-names";
import { withoutComment } from "./values/public-key";

/** Options of {@link planSite}. */
export interface PlanOptions {
  /**
   * Whether the plan will be built. Then a fleet that cannot be built yet is a problem; a plan for
   * display may have it.
   *
   * @default false
   */
  readonly building?: boolean;
  /**
   * Looks up a path relative to the project's root: a service without a file of its own is declared
   * in the site's file.
   *
   * @default every path is a file
   */
  readonly look?: FileLookup;
  /**
   * Reads a file of the project: a config whose content the Swarm would refuse is a problem.
   *
   * @default no content is checked
   */
  readonly read?: FileContent;
  /**
   * Whether missing files of the site are problems: not for a plan that is only used for names.
   *
   * @default false
   */
  readonly filesNeeded?: boolean;
}

/**
 * Decides everything that a run will build. It is pure except for the files that `look` finds, and
 * deterministic. Every default is filled in; maps and lists of names are in alphabetical order.
 *
 * @param input.stage from `parseStage`, or from `checkStage` to have its problems listed together
 *   with those of the site
 * @throws InventoryError with all problems at once
 */
export function planSite(
  input: PlanOptions & { readonly stage: Stage | FaultyStage; readonly site: Site },
): Plan {
  const everything: FileLookup = () => "file";
  const { stage, look = everything, read = () => undefined, filesNeeded = false } = input;
  const faults = "problems" in stage ? stage.problems : [];
  const config: Partial<StageConfig> = "problems" in stage ? {} : stage.config;
  const filled = fillValues(input.site, stage);
  const written = checkSite(filled.site, read);
  const hosts =
    "problems" in stage ? [] : planHosts(stage.name, siteNameOf(stage, written), stage.config);
  // While something that comes before is wrong, the transform is not asked.
  const isFilled = faults.length === 0 && filled.problems.length === 0;
  const { transform } = written;
  const transformed = transformServices(
    written.services,
    stage.name,
    isFilled ? transform.service : undefined,
    filled.fill,
  );
  const gated = addGate({ ...written, services: transformed.services }, stage.name);
  const { site } = gated;
  const servers = transformServers(
    { stage: stage.name, siteName: siteNameOf(stage, site), hosts },
    isFilled && areContainers(config) ? transform.server : undefined,
    filled.fill,
  );
  const backend = "problems" in stage ? undefined : volumeBackend(stage.config);
  const cloud =
    "problems" in stage || backend === undefined || !isFilled
      ? { serverInstances: {}, volumeDisks: {}, problems: [] }
      : transformCloud(
          stage,
          hosts,
          ownOf(site.volumes).map(([volume, one]) => planVolume(volume, one, backend)),
          transform,
          filled.fill,
        );
  const services = planServices(site, stage.name, hosts, backend);
  const ofSite = [
    ...site.problems,
    ...transformed.problems,
    ...gated.problems,
    ...servers.problems,
    ...cloud.problems,
    ...siteRuleProblems({
      stage: stage.name,
      site,
      services,
      hosts,
      config,
      look: filesNeeded ? look : everything,
      read: filesNeeded ? read : () => undefined,
    }).map((problem) => transformed.explained(gated.explained(problem))),
    ...hostNameProblems(stage.name, config, site),
    ...(input.building === true ? buildableProblems(stage.name, config) : []),
  ];
  const problems = [...faults, ...filled.problems, ...ofSite.flatMap(filled.explained)];
  if (problems.length > 0 || "problems" in stage) {
    throw new InventoryError(
      problems.map((problem) => ({
        ...problem,
        path: declaredPlace(problem.path, look, input.site),
        ...(problem.otherPath === undefined
          ? {}
          : { otherPath: declaredPlace(problem.otherPath, look, input.site) }),
      })),
      site.names.services.filter((name) => !site.services.has(name)),
    );
  }
  const plans = services.map((service) => service.plan);
  const { containers } = servers;
  return assemble({
    stage,
    site,
    hosts,
    containers,
    cloud,
    services: plans,
    values: filled.values,
  });
}

/**
 * {@link planSite} from Pulumi's input for the program, with the problems of stage and site in one
 * list.
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
function siteNameOf(stage: Stage | FaultyStage, site: SiteCheck): string {
  if ("problems" in stage) return site.name ?? "";
  return stage.config.siteName ?? site.name ?? "";
}

/** Whether the stage's servers are containers that hive makes. */
function areContainers({ fleet }: Partial<StageConfig>): boolean {
  return fleet !== undefined && fleetTraits[fleet].servers === "containers";
}

/** The parts of a plan: checked, and without problems. */
interface PlanParts {
  readonly stage: Stage;
  readonly site: SiteCheck;
  readonly hosts: readonly HostPlan[];
  /** By logical name. */
  readonly containers: Readonly<Record<string, ServerContainerPlan>>;
  readonly cloud: TransformedCloud;
  readonly services: readonly ServicePlan[];
  readonly values: readonly ValuePlan[];
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
  const traits = traitsOf(config);
  const wanted = ownOf(site.volumes)
    .filter(([volume]) => used.volumes.has(volume))
    .map(([volume, definition]) => planVolume(volume, definition, backend));
  const hosts = withMadeDisks(parts.hosts, wanted, services, traits);
  const volumes = wanted.map((volume) => onItsDevice(volume, services, hosts));
  const externals = planExternals(site, used, services, hosts);
  const gate = planGate(site.gate, services, name);
  return {
    stage: name,
    fleet: config.fleet,
    traits,
    siteName,
    network: {
      cidr: formatCidr(cidr),
      gateway: gatewayAddress(cidr),
      ...(traits.zoneSubnets === true ? { subnets: planSubnets(cidr, config.zones) } : {}),
      overlayPool: config.overlayPool,
    },
    hosts,
    ssh: {
      user: config.ssh.user,
      port: config.ssh.port,
      operators: config.operators.map((operator) => ({
        name: operator.name,
        publicKey: withoutComment(operator.publicKey),
      })),
    },
    swarm: config.swarm,
    registry,
    keyVersion: config.keyVersion,
    ...(config.updated === undefined ? {} : { updated: config.updated }),
    images,
    overlays: ownOf(site.networks)
      .filter(([network]) => used.networks.has(network))
      .map(([network, definition]) => planOverlay(network, definition, traits.encryptsNetworks)),
    volumes,
    secrets: ownOf(site.secrets)
      .filter(([secret]) => used.secrets.has(secret))
      .map(([secret, definition]) => planSecret(secret, definition)),
    configs: ownOf(site.configs)
      .filter(([file]) => used.configs.has(file))
      .map(([file, definition]) => planConfig(file, definition)),
    externals,
    services,
    ...(gate === undefined ? {} : { gate }),
    values: parts.values,
    notices: planNotices(services, volumes, hosts, externals, gate),
    ...(config.oneTimePasswords.length === 0 ? {} : { oneTimePasswords: config.oneTimePasswords }),
    ...transformedOf(parts),
    phases: phasesThrough(config.throughPhase),
    ...fleetOptionsOf(config),
  };
}

/** What the site's transform changes; a part in which it changes nothing is absent. */
function transformedOf({
  containers: serverContainers,
  cloud: { serverInstances, volumeDisks },
}: PlanParts): Partial<Plan> {
  const all = { serverContainers, serverInstances, volumeDisks };
  return Object.fromEntries(
    Object.entries(all).filter(([, changed]) => Object.keys(changed).length > 0),
  );
}

function planSubnets(cidr: Cidr, zones: readonly string[]): readonly SubnetPlan[] {
  const subnets = zoneSubnets(cidr, zones.length).map(formatCidr);
  return zones.map((zone, place) => ({ zone, cidr: subnets[place] ?? "" }));
}

/** The traits of the stage's fleet, with those that an option overrides. */
function traitsOf(config: StageConfig): FleetTraits {
  const { fleet, encryptNetworks } = config;
  const traits = fleetTraits[fleet];
  const { prepared, aws } = fleetOptionsOf(config);
  return {
    ...traits,
    baseImages: prepared?.baseImages ?? aws?.baseImages ?? traits.baseImages,
    encryptsNetworks: encryptNetworks ?? traits.encryptsNetworks,
  };
}

/** The options of the stage's own kind of fleet, under its name. */
function fleetOptionsOf(config: StageConfig): Pick<Plan, FleetWithOptions> {
  const kinds = Object.keys(fleetOptions) as FleetWithOptions[];
  return Object.fromEntries(
    kinds.filter((kind) => kind === config.fleet).map((kind) => [kind, config[kind]]),
  );
}

function buildableProblems(stage: StageName, config: Partial<StageConfig>): readonly Problem[] {
  if (config.fleet === undefined) return [];
  const { buildable: isBuildable, generatesKey } = fleetTraits[config.fleet];
  if (isBuildable) {
    return [
      ...(generatesKey ? [] : operatorProblems(stage, config)),
      ...fleetNeeds(config, (key) => `${stageFile(stage)}: hive:${key}`),
    ];
  }
  const buildable = Object.entries(fleetTraits).flatMap(([kind, traits]) =>
    traits.buildable ? [kind] : [],
  );
  return [
    {
      path: `${stageFile(stage)}: hive:fleet`,
      value: config.fleet,
      message: `the ${config.fleet} fleet cannot be built yet; this version of hive builds the ${buildable.join(" and the ")} fleet`,
      remedy:
        `use the private stage (pulumi up --stack private); npx hive plan --stack ${stage} shows what this stage ` +
        "will be",
    },
  ];
}

function operatorProblems(stage: StageName, config: Partial<StageConfig>): readonly Problem[] {
  if ((config.operators ?? []).length > 0) return [];
  return [
    {
      path: `${stageFile(stage)}: hive:operators`,
      message: `is missing: nobody could log in on the servers of the fleet ${config.fleet}`,
      remedy:
        'write the public keys of the operators, e.g. [{ name: anna, publicKey: "ssh-ed25519 AAAA…" }]',
    },
  ];
}

function planRegistry(siteName: string, config: StageConfig): RegistryPlan {
  const name = `registry.${siteName}`;
  const { port } = config.registry;
  return { name, port, address: `${name}:${port}` };
}

function planServices(
  site: SiteCheck,
  stage: StageName,
  hosts: readonly HostPlan[],
  backend: VolumeBackend | undefined,
): readonly PlannedService[] {
  const replicatedVolumes = new Set(
    [...site.volumes].flatMap(([name, volume]) => ("replicated" in volume ? [name] : [])),
  );
  const context: ServiceContext = {
    hosts: Object.fromEntries(hosts.map((host) => [host.name, host.privateAddress])),
    replicatedVolumes,
    ...(hosts.length === 0 ? {} : { servers: hosts }),
  };
  const planned = [...site.services]
    .filter(([, service]) => runsOn(service, stage))
    .map(([name, service]) => ({ name, service, plan: planService(name, service, context) }));
  return backend === "local" ? bindToServers(planned, replicatedVolumes, hosts) : planned;
}
