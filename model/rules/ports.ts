import type { HostPlan, PortPlan } from "../plan";
import { planPorts } from "../service/ports";
import { contradict, eligibleHosts, isKnownWhenPlanned } from "../service/placement-constraints";
import type { Problem } from "../problem/problems";
import { servicePath } from "../schema/check-site";
import { isWithin, replicationPorts } from "../values/stable-number";
import { swarmPorts } from "../stage/check-stage";
import { eligibleText, forEachService, type PlannedService, type RuleInput } from "./rule";

/** A published port with its place in the service. */
interface PlacedPort {
  readonly service: string;
  readonly index: number;
  readonly port: PortPlan;
  readonly automatic: boolean;
  readonly constraints: readonly string[];
}

function placedPorts({ name, service, plan }: PlannedService): readonly PlacedPort[] {
  return (service.ports ?? []).flatMap((port, index) =>
    planPorts(name, [port], plan).map((planned) => ({
      service: name,
      index,
      port: planned,
      automatic: typeof port !== "string" && port.published === "auto",
      constraints: plan.placement.constraints,
    })),
  );
}

/** Published ports are free on the servers. */
export const reservedPortProblems = forEachService((planned, { config }) => {
  const reserved = [
    ...swarmPorts,
    ...(config.ssh === undefined
      ? []
      : [{ port: config.ssh.port, protocols: ["tcp"], use: "the servers' SSH daemon" }]),
  ];
  return placedPorts(planned).flatMap((placed): readonly Problem[] => {
    const { port } = placed;
    const holder = reserved.find(
      (entry) => entry.port === port.published && entry.protocols.includes(port.protocol),
    );
    const use =
      holder?.use ??
      (port.protocol === "tcp" && isWithin(replicationPorts, port.published)
        ? `the replication of volumes, which has ${replicationPorts.first} to ${replicationPorts.last}`
        : undefined);
    if (use === undefined) return [];
    return [
      {
        path: portPath(placed),
        value: portText(port),
        message: `${port.published}/${port.protocol} is the port of ${use}`,
        remedy: `publish another port, e.g. "${elsewhere(port)}:${port.target}", or "auto" in the long form`,
      },
    ];
  });
});

/** A port similar to the target that hive does not use. */
function elsewhere(port: PortPlan): number {
  return port.target < 10_000 ? 10_000 + port.target : 30_000 + (port.target % 2768);
}

/** Only one task can use a port of a server. */
export const replicaProblems = forEachService(
  ({ plan, name }, { config, hosts }): readonly Problem[] => {
    const eligible = eligibleHosts(plan.placement.constraints, hosts);
    const most = eligible.length;
    if (plan.mode.kind !== "replicated" || most === 0) return [];
    const port = plan.ports.find((candidate) => candidate.mode === "host");
    if (port === undefined || plan.mode.replicas <= most) return [];
    return [
      {
        path: servicePath(name, ["mode", "replicas"]),
        value: String(plan.mode.replicas),
        message:
          `port ${port.published}/${port.protocol} in host mode can be used once on each server, and the stage has ` +
          eligibleText(eligible, config.clusterHosts),
        remedy:
          `write at most ${most} replica${most === 1 ? "" : "s"}, or mode "ingress" for the port` +
          (most === config.clusterHosts ? "" : ", or constraints that more servers meet"),
      },
    ];
  },
);

/** The routing mesh needs a service's virtual address. */
export const meshProblems = forEachService((planned) =>
  planned.plan.endpointMode === "vip"
    ? []
    : placedPorts(planned)
        .filter(({ port }) => port.mode === "ingress")
        .map((placed) => ({
          path: `${portPath(placed)}.mode`,
          value: '"ingress"',
          message: 'the routing mesh needs a virtual address, not endpointMode "dnsrr"',
          remedy: 'write mode "host" for the port, or endpointMode "vip"',
        })),
);

/**
 * No port is published twice on one server. In host mode two services may have the same port if no
 * server can run both, as in Docker Engine; the routing mesh uses a port on every server, so it
 * shares none (swarmkit, `checkPortConflicts`).
 */
export function samePortProblems({ services, stage, hosts }: RuleInput): readonly Problem[] {
  const placed = services.flatMap(placedPorts);
  return placed.flatMap((mine, position) => {
    const others = placed.filter(
      (other, at) =>
        at !== position &&
        other.port.published === mine.port.published &&
        other.port.protocol === mine.port.protocol &&
        !areKeptApart(mine, other, hosts),
    );
    const earlier = placed.slice(0, position);
    // An explicit port wins over a computed one; two equal explicit ports are one problem, two
    // computed ones are two.
    const written = others.filter((other) => !other.automatic);
    if (mine.automatic) return others.slice(0, 1).map((other) => computedPort(mine, other));
    const holder = written.find((other) => earlier.includes(other));
    return holder === undefined ? [] : [samePort(mine, holder, stage)];
  });
}

/**
 * Whether no planned server meets the constraints of both. A service that follows another one
 * counts as possible on every server, whatever the other one's constraints: its own constraint is a
 * label that moves. The hand-over of ports (`model/service/hand-over.ts`) decides the same.
 *
 * @param hosts none if the stage has problems of its own: then constraints that depend on servers
 *   get the benefit of the doubt
 */
function areKeptApart(mine: PlacedPort, other: PlacedPort, hosts: readonly HostPlan[]): boolean {
  const isBetweenHosts = mine.port.mode === "host" && other.port.mode === "host";
  if (mine.service === other.service || !isBetweenHosts) return false;
  const both = [...mine.constraints, ...other.constraints];
  if (hosts.length > 0) return eligibleHosts(both, hosts).length === 0;
  return (
    contradict(both, both) ||
    [mine, other].every(({ constraints }) =>
      constraints.some((text) => isKnownWhenPlanned(text, hosts)),
    )
  );
}

function computedPort(mine: PlacedPort, other: PlacedPort): Problem {
  return {
    path: `${portPath(mine)}.published`,
    value: '"auto"',
    message:
      `is computed as ${mine.port.published}/${mine.port.protocol}, which ` +
      (other.service === mine.service
        ? "this service already publishes"
        : `the service ${other.service} publishes too`),
    ...(other.service === mine.service ? {} : { otherPath: portPath(other) }),
    remedy: other.automatic
      ? "give one of the two an explicit port"
      : "give it an explicit port, or give the other service another one",
  };
}

function samePort(mine: PlacedPort, holder: PlacedPort, stage: string): Problem {
  const key = `${mine.port.published}/${mine.port.protocol}`;
  const isOwn = holder.service === mine.service;
  return {
    path: portPath(mine),
    value: portText(mine.port),
    message: isOwn
      ? `publishes ${key} twice`
      : `${key} is already published by the service ${holder.service} on the stage ${stage}`,
    ...(isOwn ? {} : { otherPath: portPath(holder) }),
    remedy: isOwn
      ? "remove one of them"
      : "publish another port in one of the two, restrict them to different stages with availableOn, or in host mode to different " +
        'servers: placement: { constraints: ["node.labels.hive.zone == zone-a"] } in one, != zone-a in the other',
  };
}

function portPath(placed: PlacedPort): string {
  return servicePath(placed.service, ["ports", placed.index]);
}

function portText(port: PortPlan): string {
  return `"${port.published}:${port.target}/${port.protocol}"`;
}
