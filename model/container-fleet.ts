import { overlaps, parseCidr, cidrFault } from "./addresses";
import type { HostPlan, Plan } from "./plan";
import { compareText } from "./text-order";
import { InventoryError, type Problem } from "./problems";

/** What the plan of a container fleet has to know about the Docker Engine at hand; read by `providers/local-engine`. */
export interface EngineFacts {
  readonly cgroupVersion: 1 | 2;
  /** Whether the engine runs in a virtual machine of Docker Desktop, out of reach of this computer's routes. */
  readonly desktop: boolean;
  readonly platform: "linux" | "darwin" | "win32";
  /** All networks of the engine. */
  readonly networks: readonly EngineNetwork[];
  /** Those of {@link loopbackPorts} that something listens on. */
  readonly busyPorts: readonly BusyPort[];
  /** Tag of the server image that the project has now. Absent: servers are not compared with it. */
  readonly serverImage?: string;
  /** Containers of the engine; which of them are this stage's own is decided by name and labels. */
  readonly ownContainers: readonly EngineContainer[];
}

/** A network of the Docker Engine. */
export interface EngineNetwork {
  readonly name: string;
  readonly id: string;
  readonly labels: Readonly<Record<string, string>>;
  /** IPv4 ones in CIDR form; others are passed over. */
  readonly cidrs: readonly string[];
}

/** A port of this computer that is taken. */
export interface BusyPort {
  readonly address: string;
  readonly port: number;
  /** Name of the container that publishes it; absent when it is not a container, or not known. */
  readonly holder?: string;
}

/** A container of the Docker Engine. */
export interface EngineContainer {
  readonly name: string;
  readonly id: string;
  readonly running: boolean;
  /** Default: taken for our own when it has the name of one of our servers. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** A container fleet, decided for the engine at hand. */
export interface ContainerFleetPlan {
  /** `<prefix><site name>`, e.g. `p-hive.example`. */
  readonly networkName: string;
  /**
   * The volume that all cluster servers mount, for the volume driver `hive-shared` that stands in for replicated disks. There is
   * one whether or not a service has a replicated volume, so that the first one replaces no server.
   */
  readonly sharedVolumeName: string;
  /** `direct`: servers are reached by their private addresses. `loopback`: through ports on 127.0.0.1. */
  readonly access: "direct" | "loopback";
  readonly cgroup: CgroupPlan;
  /**
   * Whether servers are replaced one at a time, each after the one before is set up and healthy: true when some of them exist and were made from
   * another server image. Otherwise all are made at once, as at the first run.
   */
  readonly oneByOne: boolean;
  /** In index order. */
  readonly servers: readonly ContainerServerPlan[];
}

/** What systemd inside a container needs of cgroups. */
export interface CgroupPlan {
  /** Paths of the computer that are mounted, writable, under the same path. */
  readonly mounts: readonly string[];
  readonly cgroupnsMode: "host" | "private";
}

/** One server as a container. */
export interface ContainerServerPlan {
  readonly host: HostPlan;
  /** The server's full name. */
  readonly containerName: string;
  /** The volume for `/var/lib/docker` of the server's own engine. */
  readonly volumeName: string;
  /** Where SSH answers, seen from this computer. */
  readonly ssh: { readonly address: string; readonly port: number };
  /** Ports that the engine publishes on this computer; empty in `direct` access. */
  readonly published: readonly PublishedPort[];
  /** Where the site's services answer, seen from this computer. Empty on the repository server. */
  readonly endpoints: readonly Endpoint[];
}

/** A port of a server, published on this computer. */
export interface PublishedPort {
  readonly hostAddress: string;
  readonly hostPort: number;
  readonly containerPort: number;
  readonly protocol: "tcp" | "udp" | "sctp";
}

/** Where a service answers. */
export interface Endpoint {
  readonly service: string;
  readonly protocol: "tcp" | "udp" | "sctp";
  readonly address: string;
  readonly port: number;
}

/** Label of a server container, inherited from its image: the image's tag. Servers made before it existed do not have it. */
export const serverImageLabel = "hive.server-image";

const loopback = "127.0.0.1";

/**
 * Decides the container fleet for the engine at hand.
 *
 * @throws InventoryError when a network overlaps, a name or a port is taken, or two ports fall on one; with all problems at once
 */
export function planContainerFleet(plan: Plan, facts: EngineFacts): ContainerFleetPlan {
  const problems = containerFleetProblems(plan, facts);
  if (problems.length > 0) throw new InventoryError(problems);
  const access = decideAccess(plan, facts);
  return {
    networkName: networkName(plan),
    sharedVolumeName: `${networkName(plan)}-shared`,
    access,
    cgroup: decideCgroup(facts),
    oneByOne: outdatedServers(plan, facts).length > 0,
    servers: plan.hosts.map((host) => planServer(plan, host, access)),
  };
}

/**
 * What stands in the way of the fleet on the engine at hand; empty if nothing does. Changes nothing. A dynamic provider
 * uses this and throws an `Error` of its own: a subclass of `Error` loses its message when it is serialized.
 */
export function containerFleetProblems(plan: Plan, facts: EngineFacts): readonly Problem[] {
  const problems = [
    ...networkProblems(plan, facts),
    ...containerNameProblems(plan, facts),
    ...replacementProblems(plan, facts),
  ];
  if (decideAccess(plan, facts) === "loopback") {
    problems.push(...collisionProblems(plan), ...busyPortProblems(plan, facts));
  }
  return problems;
}

/**
 * The TCP ports of 127.0.0.1 that the fleet would publish in `loopback` access, ascending: what
 * {@link EngineFacts.busyPorts} is to be read for. Empty when the stage asks for `direct` access.
 */
export function loopbackPorts(plan: Plan): readonly number[] {
  if (plan.container?.access === "direct") return [];
  const ports = plan.hosts.flatMap((host) =>
    publishedPorts(plan, host)
      .filter((port) => port.protocol === "tcp")
      .map((port) => port.hostPort),
  );
  return [...new Set(ports)].sort((left, right) => left - right);
}

/**
 * The port of 127.0.0.1 on which a server's port is found in `loopback` access: `base + 1000·index + port` for ports below
 * 1000, and `base + 8000 + 1000·index + (port mod 1000)` for the others. A stage has at most 8 servers, so the two
 * ranges never meet; two ports of one server that end in the same three digits are a problem. The rule depends on
 * nothing but base, index and port, so adding a service or a server moves no port that exists.
 */
export function loopbackPort(base: number, index: number, port: number): number {
  const thousand = base + 1000 * index;
  return port < 1000 ? thousand + port : thousand + 8000 + (port % 1000);
}

/** Name of the stage's network on the engine. */
export function networkName(plan: Pick<Plan, "hosts" | "siteName">): string {
  const first = plan.hosts[0];
  const prefix =
    first === undefined ? "" : first.name.slice(0, first.name.indexOf(first.logicalName));
  return `${prefix}${plan.siteName}`;
}

function decideAccess(plan: Plan, facts: EngineFacts): "direct" | "loopback" {
  const wanted = plan.container?.access ?? "auto";
  if (wanted !== "auto") return wanted;
  // Only an engine on this very Linux kernel has its bridges in this computer's routing table.
  return facts.platform === "linux" && !facts.desktop ? "direct" : "loopback";
}

function decideCgroup(facts: EngineFacts): CgroupPlan {
  // On cgroup v1 systemd has to see the computer's own hierarchy; on v2 a private namespace is writable as it is.
  return facts.cgroupVersion === 1
    ? { mounts: ["/sys/fs/cgroup"], cgroupnsMode: "host" }
    : { mounts: [], cgroupnsMode: "private" };
}

function planServer(
  plan: Plan,
  host: HostPlan,
  access: "direct" | "loopback",
): ContainerServerPlan {
  const base = portBase(plan);
  const address = access === "direct" ? host.privateAddress : loopback;
  const portOf = (port: number): number =>
    access === "direct" ? port : loopbackPort(base, host.index, port);
  return {
    host,
    containerName: host.name,
    volumeName: `${host.name}-docker`,
    ssh: { address, port: portOf(plan.ssh.port) },
    published: access === "direct" ? [] : publishedPorts(plan, host),
    endpoints: servicePorts(plan, host).map(({ service, port, protocol }) => ({
      service,
      protocol,
      address,
      port: portOf(port),
    })),
  };
}

function portBase(plan: Plan): number {
  return plan.container?.loopbackPortBase ?? 20_000;
}

interface ServicePort {
  readonly service: string;
  readonly port: number;
  readonly protocol: "tcp" | "udp" | "sctp";
}

/** The ports of the site's services on a server. Services run on cluster hosts only. */
function servicePorts(plan: Plan, host: HostPlan): readonly ServicePort[] {
  if (host.role !== "cluster") return [];
  return plan.services.flatMap((service) =>
    service.ports.map((port) => ({
      service: service.name,
      port: port.published,
      protocol: port.protocol,
    })),
  );
}

function publishedPorts(plan: Plan, host: HostPlan): readonly PublishedPort[] {
  const ports = [
    { port: plan.ssh.port, protocol: "tcp" as const },
    ...servicePorts(plan, host),
  ].map(({ port, protocol }) => ({
    hostAddress: loopback,
    hostPort: loopbackPort(portBase(plan), host.index, port),
    containerPort: port,
    protocol,
  }));
  return ports.sort((left, right) =>
    left.hostPort === right.hostPort
      ? compareText(left.protocol, right.protocol)
      : left.hostPort - right.hostPort,
  );
}

function isOwn(plan: Plan, labels: Readonly<Record<string, string>>): boolean {
  return labels["hive.site"] === plan.siteName && labels["hive.stage"] === plan.stage;
}

function networkProblems(plan: Plan, facts: EngineFacts): Problem[] {
  const cidr = parseCidr(plan.network.cidr);
  const wantedName = networkName(plan);
  return facts.networks
    .filter((network) => !isOwn(plan, network.labels))
    .flatMap((network) => {
      const problems: Problem[] = [];
      const meeting = network.cidrs.find(
        (text) => cidrFault(text) === undefined && overlaps(parseCidr(text), cidr),
      );
      if (meeting !== undefined) {
        problems.push({
          path: stageKey(plan, "cidr"),
          value: plan.network.cidr,
          message: `overlaps the Docker network "${network.name}" (${meeting}) of this computer`,
          remedy: `write another network, e.g. ${freeCidr(facts)}; or, if nothing needs it: docker network rm ${network.name}`,
        });
      }
      if (network.name === wantedName) {
        problems.push({
          path: stageKey(plan, "siteName"),
          value: plan.siteName,
          message: `the stage's network would be called "${wantedName}", and this computer has a Docker network of that name that is not the stage's own`,
          remedy: `write another hive:siteName; or, if nothing needs it: docker network rm ${network.name}`,
        });
      }
      return problems;
    });
}

/** A /24 of 172.20.0.0/14 to 172.28.0.0/14 that no network of the engine overlaps: a proposal that works. */
function freeCidr(facts: EngineFacts): string {
  const taken = facts.networks
    .flatMap((network) => network.cidrs)
    .filter((text) => cidrFault(text) === undefined)
    .map((text) => parseCidr(text));
  for (let second = 31; second >= 20; second--) {
    const text = `172.${second}.16.0/24`;
    if (!taken.some((cidr) => overlaps(cidr, parseCidr(text)))) return text;
  }
  return "192.168.240.0/24";
}

function containerNameProblems(plan: Plan, facts: EngineFacts): Problem[] {
  const names = plan.hosts.map((host) => host.name);
  return facts.ownContainers
    .filter((container) => names.includes(container.name))
    .filter((container) => container.labels !== undefined && !isOwn(plan, container.labels))
    .map((container) => ({
      path: stageKey(plan, "siteName"),
      value: plan.siteName,
      message: `a server would be called "${container.name}", and this computer has a container of that name that is not the stage's own`,
      remedy: `write another hive:siteName; or, if nothing needs it: docker rm --force ${container.name}`,
    }));
}

/** The stage's own servers that exist. */
function ownServers(plan: Plan, facts: EngineFacts): readonly EngineContainer[] {
  const names = plan.hosts.map((host) => host.name);
  return facts.ownContainers.filter(
    ({ name, labels }) => names.includes(name) && labels !== undefined && isOwn(plan, labels),
  );
}

/** Those that were made from another image than the one that the project has now: a run replaces them. */
function outdatedServers(plan: Plan, facts: EngineFacts): readonly EngineContainer[] {
  if (facts.serverImage === undefined) return [];
  return ownServers(plan, facts).filter(
    ({ labels }) => labels?.[serverImageLabel] !== facts.serverImage,
  );
}

/** The containers of the stage's cluster servers, as far as there are any. */
export function memberContainers(plan: Plan, facts: EngineFacts): readonly EngineContainer[] {
  const members = plan.hosts.filter(({ role }) => role === "cluster").map(({ name }) => name);
  return ownServers(plan, facts).filter(({ name }) => members.includes(name));
}

/** While a server is replaced, all other managers of the Swarm must be there: one more that is lost could cost it its majority. */
function replacementProblems(plan: Plan, facts: EngineFacts): Problem[] {
  const [outdated] = outdatedServers(plan, facts);
  if (outdated === undefined) return [];
  const servers = new Map(ownServers(plan, facts).map((server) => [server.name, server]));
  const members = plan.hosts.filter((host) => host.role === "cluster").map(({ name }) => name);
  const stopped = members.filter((name) => servers.get(name)?.running === false);
  const missing = members.filter((name) => !servers.has(name));
  const message = (what: string): string =>
    `the image of the servers has changed, so they are replaced one at a time while all others run; ${what}`;
  return [
    ...(stopped.length === 0
      ? []
      : [
          {
            path: stageKey(plan, "fleet"),
            value: plan.fleet,
            message: message(
              `${stopped.join(", ")} ${stopped.length === 1 ? "does" : "do"} not run`,
            ),
            remedy: `start what is stopped, then run again: docker start ${stopped.join(" ")}`,
          },
        ]),
    ...(missing.length === 0
      ? []
      : [
          {
            path: stageKey(plan, "fleet"),
            value: plan.fleet,
            message: message(
              `${missing.join(", ")} ${missing.length === 1 ? "is" : "are"} missing`,
            ),
            remedy:
              "bring the stage up once with the release of hive that it was last run with, which makes what is missing; then run this one again",
          },
        ]),
  ];
}

function collisionProblems(plan: Plan): Problem[] {
  const host = plan.hosts.find((candidate) => candidate.role === "cluster");
  if (host === undefined) return [];
  const problems: Problem[] = [];
  const holders = new Map<string, number>();
  for (const port of publishedPorts(plan, host)) {
    const key = `${port.hostPort}/${port.protocol}`;
    const holder = holders.get(key);
    if (holder === undefined) {
      holders.set(key, port.containerPort);
    } else if (holder !== port.containerPort) {
      problems.push({
        path: stageKey(plan, "container.access"),
        value: plan.container?.access ?? "auto",
        message:
          `the ports ${holder} and ${port.containerPort} of ${host.name} both fall on ${loopback}:${port.hostPort}: ` +
          "ports from 1000 on are told apart by their last three digits",
        remedy: `publish one of them on a port with another ending, e.g. ${port.containerPort + 1}`,
      });
    }
  }
  return problems;
}

function busyPortProblems(plan: Plan, facts: EngineFacts): Problem[] {
  const own = new Set(
    facts.ownContainers
      .filter((container) => container.labels === undefined || isOwn(plan, container.labels))
      .map((container) => container.name),
  );
  const ownServers = new Set(plan.hosts.map((host) => host.name).filter((name) => own.has(name)));
  return plan.hosts.flatMap((host) =>
    publishedPorts(plan, host).flatMap((port) => {
      const busy = facts.busyPorts.find(
        (candidate) =>
          port.protocol === "tcp" &&
          candidate.port === port.hostPort &&
          meetsLoopback(candidate.address),
      );
      if (busy === undefined || (busy.holder !== undefined && ownServers.has(busy.holder)))
        return [];
      const holder = busy.holder === undefined ? "another program" : `the container ${busy.holder}`;
      return [
        {
          path: stageKey(plan, "container.loopbackPortBase"),
          value: String(portBase(plan)),
          message: `port ${port.hostPort} of ${busy.address} is held by ${holder}; it is to lead to port ${port.containerPort} of ${host.name}`,
          remedy: `stop what holds it, or write another base, e.g. ${portBase(plan) === 40_000 ? 20_000 : 40_000}`,
        },
      ];
    }),
  );
}

function meetsLoopback(address: string): boolean {
  return [loopback, "0.0.0.0", "::", "*", ""].includes(address);
}

function stageKey(plan: Plan, key: string): string {
  return `Pulumi.${plan.stage}.yaml: hive:${key}`;
}
