import { fleetOptionTexts } from "../../fleet/options";
import { fleetTraits, type VolumeBackend } from "../../fleet/traits";
import {
  type Cidr,
  hostCapacity,
  overlaps,
  parseCidr,
  smallestPrefixFor,
} from "../network/addresses";
import { dividablePrefixes } from "../network/zone-subnets";
import { stageNames } from "../values/names";
import type { StageName } from "../plan";
import { InventoryError, type Problem, printableValue } from "../problem/problems";
import { check, pathText, unknownKey } from "../schema/check";
import { keyPaths, unwrapped } from "../schema/text";
import { isSecretMap, type StageConfig, stageSchema } from "./schema";
import { givenServerProblems, zonesOfCluster } from "./given-servers";
import { setSecretCommand } from "./secret-command";
import { suggestion } from "../problem/suggestion";
import { compareText } from "../values/text-order";
import { z } from "zod";

export type { StageConfig } from "./schema";

const namespace = "hive:";

/** File with a stage's configuration. */
export function stageFile(stage: StageName): string {
  return `Pulumi.${stage}.yaml`;
}

/**
 * The pool from which the Docker Engine of every server takes its bridges (`default-address-pools`
 * of its daemon.json), a /22 each, in order. It contains the engine's ranges before it has these
 * settings, 172.17.0.0/16 and 172.18.0.0/16. The stage's network and the overlay pool must not
 * overlap it: a server whose network overlaps a bridge is no longer reachable.
 */
export const dockerBridgePool = "172.16.0.0/14";

/**
 * The beginning of {@link dockerBridgePool}, where the bridges are: docker0 and docker_gwbridge,
 * and room for two manual ones. Networks of services must not overlap it; the rest of the pool is
 * free for them, because tasks never get addresses from it.
 */
export const dockerBridges = "172.16.0.0/20";

/** Smallest overlay pool: a /20 has 16 networks of 256 addresses. */
const smallestOverlayPool = 20;

/** A stage: its name, and its configuration with every default filled in. */
export interface Stage {
  readonly name: StageName;
  readonly config: StageConfig;
}

/**
 * A stage whose configuration has problems; {@link planSite} lists them together with those of the
 * site.
 */
export interface FaultyStage {
  readonly name: StageName;
  /** At least one. */
  readonly problems: readonly Problem[];
}

/** Options of {@link parseStage}. */
export interface StageOptions {
  /**
   * Keys (with `hive:`) that Pulumi keeps encrypted; their values are never printed. Default: none.
   */
  readonly secretKeys?: readonly string[];
}

/**
 * The stage of a stack's name.
 *
 * @throws InventoryError when the name is not a stage
 */
export function stageOf(stackName: string): StageName {
  const stage = stageNames.find((name) => name === stackName);
  if (stage !== undefined) return stage;
  const meant = suggestion(stackName, stageNames);
  throw new InventoryError([
    {
      path: "stack name",
      value: printableValue(stackName) ?? "",
      message: `a stack is a stage, and the stages are ${stageNames.join(", ")}`,
      remedy: `${meant === undefined ? "" : `did you mean ${meant}? `}Name one of them, e.g. --stack ${meant ?? "private"}`,
    },
  ]);
}

/**
 * A stage from Pulumi's raw configuration.
 *
 * @param stageName the stack's name
 * @param raw `pulumi.runtime.allConfig()`: maps and lists arrive as JSON text, numbers and booleans
 *   as text. Keys without `hive:` are skipped
 * @throws InventoryError with all problems at once
 */
export function parseStage(
  stageName: string,
  raw: Readonly<Record<string, string>>,
  options: StageOptions = {},
): Stage {
  const stage = checkStage(stageOf(stageName), raw, options);
  if ("problems" in stage) throw new InventoryError(stage.problems);
  return stage;
}

/**
 * As {@link parseStage}, but returns the problems, so that `planSite` can list them with those of
 * the site.
 *
 * @param stage from {@link stageOf}
 */
export function checkStage(
  stage: StageName,
  raw: Readonly<Record<string, string>>,
  options: StageOptions = {},
): Stage | FaultyStage {
  const locate = (key: string): string => `${stageFile(stage)}: ${namespace}${key}`;
  const given = new Map(
    Object.entries(raw)
      .filter(([key]) => key.startsWith(namespace))
      .map(([key, text]) => [key.slice(namespace.length), text]),
  );
  const problems: Problem[] = [];
  const known = keyPaths(stageSchema);
  const misspelt = new Set<string>();
  for (const key of given.keys()) {
    if (key in stageSchema.shape) continue;
    const meant = suggestion(key, known);
    if (meant !== undefined) misspelt.add(meant);
    problems.push(unknownKey(locate(key), known, meant));
  }
  // Key by key, so that a mistake in one key does not hide one in another.
  const values: Record<string, unknown> = {};
  for (const [key, schema] of Object.entries(stageSchema.shape)) {
    const checked = check(schema as z.ZodType, valueOf(schema, given.get(key)), {
      locate: (path) => locate(pathText([key, ...path])),
      secret: () =>
        isSecretMap(key) || (options.secretKeys?.includes(`${namespace}${key}`) ?? false),
    });
    if (key === "values" && options.secretKeys?.includes(valuesKey) === true) {
      problems.push(encryptedValues(locate(key), stage));
    } else if (checked.ok) values[key] = isSecretMap(key) ? namesOf(checked.value) : checked.value;
    // That a key is missing follows from its misspelling.
    else if (given.has(key) || !misspelt.has(key)) problems.push(...checked.problems);
  }
  const config = values as Partial<StageConfig>;
  problems.push(...crossProblems(config, given, locate));
  if (problems.length > 0) return { name: stage, problems };
  return { name: stage, config: config as StageConfig };
}

/**
 * The value of a raw text, according to the schema. The schema refuses a text that does not fit.
 */
function valueOf(schema: z.core.$ZodType, text: string | undefined): unknown {
  if (text === undefined) return undefined;
  const inner = unwrapped(schema);
  if (inner instanceof z.ZodObject || inner instanceof z.ZodArray || inner instanceof z.ZodRecord)
    return parsedJson(text);
  if (inner instanceof z.ZodNumber && /^-?[0-9]+(\.[0-9]+)?$/.test(text)) return Number(text);
  if (inner instanceof z.ZodBoolean && (text === "true" || text === "false"))
    return text === "true";
  return text;
}

const valuesKey = `${namespace}values`;

/** The problem of an encrypted entry among the values of a stage. */
export function encryptedValues(path: string, stage: StageName): Problem {
  return {
    path,
    value: "(encrypted)",
    message: "contains something encrypted, but values are readable in the plan",
    remedy:
      "write it unencrypted; or declare a secret of the site, secrets: { <name>: { fromStage: true } }, and give it with " +
      setSecretCommand(stage, "<name>"),
  };
}

function namesOf(record: unknown): readonly string[] {
  return Object.keys(record as Record<string, string>).sort(compareText);
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function crossProblems(
  config: Partial<StageConfig>,
  given: ReadonlyMap<string, string>,
  locate: (key: string) => string,
): readonly Problem[] {
  return [
    ...networkProblems(config, locate),
    ...zoneProblems(config, locate),
    ...portProblems(config, locate),
    ...fleetProblems(config, given, locate),
    ...givenServerProblems(config, given, locate),
  ];
}

function networkProblems(
  config: Partial<StageConfig>,
  locate: (key: string) => string,
): readonly Problem[] {
  const problems: Problem[] = [];
  const cidr = config.cidr === undefined ? undefined : parseCidr(config.cidr);
  const pool = config.overlayPool === undefined ? undefined : parseCidr(config.overlayPool);
  const bridges = parseCidr(dockerBridgePool);
  if (cidr !== undefined && config.cidr !== undefined) {
    const servers = (config.clusterHosts ?? 3) + 1;
    if (config.fleet !== undefined && fleetTraits[config.fleet].zoneSubnets === true) {
      problems.push(...subnetProblems(cidr, config.cidr, servers, config.zones ?? [], locate));
    } else if (config.prepared === undefined && hostCapacity(cidr) < servers) {
      problems.push({
        path: locate("cidr"),
        value: config.cidr,
        message:
          `has room for ${hostCapacity(cidr)} servers, but the stage has ${servers}: the first four addresses and the last ` +
          "one are reserved",
        remedy: `write a network of at least a /${smallestPrefixFor(servers)}, better a /24`,
      });
    }
    problems.push(...bridgeProblem("cidr", config.cidr, cidr, bridges, locate));
  }
  if (pool !== undefined && config.overlayPool !== undefined) {
    if (pool.prefix > smallestOverlayPool) {
      problems.push({
        path: locate("overlayPool"),
        value: config.overlayPool,
        message: `is too small: each service network takes a /24, and Docker's own ingress network another`,
        remedy: `write at least a /${smallestOverlayPool}, better a /12 as in the default 10.224.0.0/12`,
      });
    }
    problems.push(...bridgeProblem("overlayPool", config.overlayPool, pool, bridges, locate));
  }
  if (cidr !== undefined && pool !== undefined && overlaps(cidr, pool)) {
    problems.push({
      path: locate("overlayPool"),
      value: config.overlayPool ?? "",
      message: `overlaps ${locate("cidr")} (${config.cidr}): containers could not reach the servers`,
      remedy:
        "move one of them, e.g. cidr to 172.29.16.0/24 with overlayPool at its default 10.224.0.0/12",
    });
  }
  return problems;
}

/** The problem of a network that cannot have a subnet for each zone. */
function subnetProblems(
  cidr: Cidr,
  text: string,
  servers: number,
  zones: readonly string[],
  locate: (key: string) => string,
): readonly Problem[] {
  if (zones.length === 0) return [];
  // Indices are dense: that of the last server is the number of the others.
  const { shortest, longest } = dividablePrefixes(zones.length, servers - 1);
  if (cidr.prefix >= shortest && cidr.prefix <= longest) return [];
  return [
    {
      path: locate("cidr"),
      value: text,
      message:
        cidr.prefix < shortest
          ? `is larger than a /${shortest}, the largest network of a cloud`
          : `has no room for a subnet in each of the ${zones.length} zones with ${servers} servers: clouds reserve the first four ` +
            "addresses of each subnet and the last one, and take no subnet below a /28",
      remedy: `write a network from a /${shortest} to a /${longest}, better a /24`,
    },
  ];
}

function bridgeProblem(
  key: string,
  text: string,
  cidr: Cidr,
  bridges: Cidr,
  locate: (key: string) => string,
): readonly Problem[] {
  if (!overlaps(cidr, bridges)) return [];
  return [
    {
      path: locate(key),
      value: text,
      message: `overlaps ${dockerBridgePool}, which the Docker Engine of every server uses for its bridges`,
      remedy: `write a network outside it, e.g. ${key === "cidr" ? "172.29.16.0/24" : "10.224.0.0/12"}`,
    },
  ];
}

function zoneProblems(
  config: Partial<StageConfig>,
  locate: (key: string) => string,
): readonly Problem[] {
  const { zones = [], clusterHosts, fleet } = config;
  const problems: Problem[] = zones.flatMap((zone, index) =>
    zones.indexOf(zone) === index
      ? []
      : [
          {
            path: locate(`zones[${index}]`),
            value: zone,
            message: "is in the list twice",
            remedy: "remove one of them",
          },
        ],
  );
  if (clusterHosts === undefined || fleet === undefined) return problems;
  if (fleetTraits[fleet].zones === "labels") return problems;
  if (zones.length === 0) return problems;
  const dealt = zonesOfCluster({ ...config, clusterHosts, zones });
  const [fullest, most] = [...new Set(dealt)]
    .map((zone) => [zone, dealt.filter((each) => each === zone).length] as const)
    .reduce((one, other) => (other[1] > one[1] ? other : one));
  if (most > clusterHosts / 2) {
    problems.push({
      path: locate("zones"),
      value: zones.join(", "),
      message: `puts ${most} of ${clusterHosts} cluster servers into the zone ${fullest}: when it fails, the majority is lost`,
      remedy: "name at least three zones",
    });
  }
  return problems;
}

/**
 * Ports on which Swarm itself listens: cluster management, gossip, overlay data
 * (https://docs.docker.com/engine/swarm/swarm-tutorial/#open-protocols-and-ports-between-the-hosts).
 */
export const swarmPorts: readonly {
  readonly port: number;
  readonly protocols: readonly string[];
  readonly use: string;
}[] = [
  { port: 2377, protocols: ["tcp"], use: "Swarm's cluster management" },
  { port: 7946, protocols: ["tcp", "udp"], use: "Swarm's gossip between servers" },
  { port: 4789, protocols: ["udp"], use: "Swarm's overlay networks" },
];

function portProblems(
  config: Partial<StageConfig>,
  locate: (key: string) => string,
): readonly Problem[] {
  const problems: Problem[] = [];
  const ssh = config.ssh?.port;
  const registry = config.registry?.port;
  const taken = swarmPorts.find((entry) => entry.port === ssh && entry.protocols.includes("tcp"));
  if (taken !== undefined) {
    problems.push({
      path: locate("ssh.port"),
      value: String(ssh),
      message: `is the port of ${taken.use}`,
      remedy: "write 22 or another free port",
    });
  }
  if (registry !== undefined && registry === ssh) {
    problems.push({
      path: locate("registry.port"),
      value: String(registry),
      message: "is the port of the servers' SSH daemon",
      remedy: "write 5000 or another free port",
    });
  }
  return problems;
}

function fleetProblems(
  config: Partial<StageConfig>,
  given: ReadonlyMap<string, string>,
  locate: (key: string) => string,
): readonly Problem[] {
  const { fleet, volumes } = config;
  if (fleet === undefined) return [];
  const problems: Problem[] = Object.entries(fleetOptionTexts)
    .filter(([kind]) => kind !== fleet && given.has(kind))
    .map(([kind, what]) => ({
      path: locate(kind),
      message: `${what}, but the fleet is ${fleet}`,
      remedy: `remove it, or write hive:fleet: ${kind}`,
    }));
  const backend = volumes?.backend;
  const { volumeBackends } = fleetTraits[fleet];
  if (backend !== undefined && !volumeBackends.includes(backend)) {
    problems.push({
      path: locate("volumes.backend"),
      value: backend,
      message: `${backendsSay[backend]}, but the fleet is ${fleet}`,
      remedy: `remove it, or write ${volumeBackends.join(" or ")}`,
    });
  }
  return problems;
}

/** Description of each backend; completes a sentence that begins with its name. */
const backendsSay: Readonly<Record<VolumeBackend, string>> = {
  shared: "is a folder of this computer that all servers see",
  local: "keeps a volume on one server",
  drbd: "mirrors volumes between disks of servers",
};

/** How a stage mirrors replicated volumes. */
export function volumeBackend(config: Pick<StageConfig, "fleet" | "volumes">): VolumeBackend {
  return config.volumes.backend ?? fleetTraits[config.fleet].volumeBackends[0];
}
