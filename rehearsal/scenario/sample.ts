/** What a scenario watches, and what one look at it gives. */

/** What of a stage is watched. */
export interface Watched {
  /** In index order. */
  readonly servers: readonly WatchedServer[];
  /** By name in alphabetical order. */
  readonly services: readonly WatchedService[];
}

/** A server that is watched. */
export interface WatchedServer {
  /** Short name with the stage's letter, e.g. `s-hive0`. */
  readonly name: string;
  /** Name in the stage's file, e.g. `hive0`. */
  readonly logicalName: string;
  readonly zone: string;
  readonly privateAddress: string;
}

/** A service that is watched. */
export interface WatchedService {
  readonly name: string;
  /** URLs of its routes and published ports on all servers. Without any, its tasks count. */
  readonly addresses: readonly string[];
  /** Those that answer only while their server runs a task, which may move. */
  readonly moving: readonly string[];
  /** The server that alone has data of it. Absent: it can run elsewhere. */
  readonly bound?: Bound;
}

/** Why a service can run on one server only. */
export interface Bound {
  /** Names of its volumes that only this server has. */
  readonly volumes: readonly string[];
  /** Short name. */
  readonly server: string;
  /** The service that it runs together with, if the volumes are that one's. */
  readonly with?: string;
}

/** The tasks of a service, as a manager of the Swarm knows them. */
export interface TasksSeen {
  /** How many there are when every server is up. 0: a job between two runs. */
  readonly wanted: number;
  /** How many are possible on the nodes that the Swarm takes for alive. */
  readonly possible: number;
  /** Short names of the servers on which they run; one for each task. */
  readonly on: readonly string[];
}

/** The last answer of the Swarm. */
export interface SwarmSeen {
  /** When it came, seconds after the start. */
  readonly at: number;
  /** By service. */
  readonly services: Readonly<Record<string, TasksSeen>>;
  /** Short names of all nodes, and of those that are ready. */
  readonly nodes: readonly string[];
  readonly ready: readonly string[];
}

/** One look at a stage. */
export interface Sample {
  /** Seconds after the start of the scenario. */
  readonly at: number;
  /** Whether a server takes connections on its SSH port, by short name. */
  readonly servers: Readonly<Record<string, boolean>>;
  /** Whether an address answers. */
  readonly addresses: Readonly<Record<string, boolean>>;
  /** Absent until a manager has answered for the first time. */
  readonly swarm?: SwarmSeen;
}

/** How a service does: as it should, with less than it should have, or not at all. */
export type Level = "all" | "some" | "none" | "unknown";

/** An answer of the Swarm that is older says nothing any more, seconds: elections are shorter. */
const oldestSeconds = 60;

/** The servers on which tasks of a service run. A server that does not answer runs none. */
export function runningOn({ swarm, servers }: Sample, service: string): readonly string[] {
  return (swarm?.services[service]?.on ?? []).filter((server) => servers[server] !== false);
}

/**
 * How a service does at a sample. Its addresses count, if it has some: one that answers is enough
 * for a client that tries the next one. Its tasks count for the rest.
 */
export function levelAt(sample: Sample, service: WatchedService): Level {
  const { name, addresses, moving, bound } = service;
  const { swarm, servers } = sample;
  const known = swarm !== undefined && sample.at - swarm.at <= oldestSeconds;
  const wanted = known ? swarm.services[name]?.wanted : undefined;
  const running = runningOn(sample, name).length;
  if (addresses.length + moving.length > 0) {
    const silent = (url: string): boolean => sample.addresses[url] !== true;
    const isMovingAway = moving.every(silent);
    if (isMovingAway && addresses.every(silent)) return "none";
    const isReduced = addresses.some(silent) || (moving.length > 0 && isMovingAway);
    return isReduced || running < (wanted ?? 0) ? "some" : "all";
  }
  // Whatever the Swarm says, or no longer says: it can run nowhere. A job may be between two runs.
  if (bound !== undefined && servers[bound.server] === false && wanted !== 0) return "none";
  if (wanted === undefined) return known ? "none" : "unknown";
  if (running >= wanted) return "all";
  return running === 0 ? "none" : "some";
}

/** Whether everything runs: services, servers, and the nodes of the Swarm. */
export function allRuns(sample: Sample, { services }: Watched): boolean {
  const { swarm, servers } = sample;
  return (
    swarm !== undefined &&
    !Object.values(servers).includes(false) &&
    swarm.nodes.every((name) => swarm.ready.includes(name)) &&
    services.every((service) => levelAt(sample, service) === "all")
  );
}

/**
 * Whether every service runs as far as it can: with all tasks that the remaining servers can have.
 * What can run on none of them is not waited for: services whose data is on a server that is down,
 * and those that are meant for such a server only, as soon as the Swarm knows that it is lost.
 */
export function movableRuns(sample: Sample, { services }: Watched): boolean {
  return services.every((service) => {
    const { name, bound } = service;
    if (bound !== undefined && sample.servers[bound.server] === false) return true;
    const tasks = sample.swarm?.services[name];
    if (tasks === undefined) return false;
    if (tasks.wanted > 0 && tasks.possible === 0) return true;
    if (levelAt(sample, service) === "none") return false;
    return runningOn(sample, name).length >= tasks.possible;
  });
}
