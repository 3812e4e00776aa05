import type { HostPlan, Plan } from "../../model/plan";
import type { Problem } from "../../model/problem/problems";
import { compareText } from "../../model/values/text-order";
import type { DockerFacts } from "./docker-facts";
import { isOwn, stageKey } from "./ownership";

/**
 * Ports of the servers that are published on 127.0.0.1, where servers are not reachable directly.
 */

/** A port of a server, published on this computer. */
export interface PublishedPort {
  readonly hostAddress: string;
  readonly hostPort: number;
  readonly containerPort: number;
  readonly protocol: "tcp" | "udp" | "sctp";
}

/** The address on which ports are published. */
export const loopback = "127.0.0.1";

/**
 * The TCP ports of 127.0.0.1 that the fleet would publish in `loopback` access, ascending: the
 * ports to probe for {@link DockerFacts.busyPorts}. Empty when the stage asks for `direct` access.
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
 * The port of 127.0.0.1 that leads to a server's port in `loopback` access:
 * `base + 1000·index + port` for ports below 1000, and `base + 8000 + 1000·index + (port mod 1000)`
 * for the others. A stage has at most 8 servers, so the two ranges never overlap; two ports of one
 * server that end in the same three digits are a problem. The rule depends only on base, index and
 * port, so adding a service or a server moves no existing port.
 */
export function loopbackPort(base: number, index: number, port: number): number {
  const thousand = base + 1000 * index;
  return port < 1000 ? thousand + port : thousand + 8000 + (port % 1000);
}

/** Ports of a server that are published on 127.0.0.1 in `loopback` access, ascending. */
export function publishedPorts(plan: Plan, host: HostPlan): readonly PublishedPort[] {
  const ports = [
    { port: plan.ssh.port, protocol: "tcp" as const },
    // Services run on cluster hosts only.
    ...(host.role === "cluster" ? plan.services.flatMap(({ ports }) => ports) : []).map(
      ({ published, protocol }) => ({ port: published, protocol }),
    ),
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

/** Finds two ports of one server that map to one port of 127.0.0.1. */
export function collisionProblems(plan: Plan): Problem[] {
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
          `the ports ${holder} and ${port.containerPort} of ${host.name} both map to ${loopback}:${port.hostPort}: ` +
          "ports from 1000 on are distinguished by their last three digits",
        remedy: `publish one of them on a port with another ending, e.g. ${port.containerPort + 1}`,
      });
    }
  }
  return problems;
}

/** Finds ports of 127.0.0.1 that something else uses. */
export function busyPortProblems(plan: Plan, facts: DockerFacts): Problem[] {
  const own = new Set(
    facts.containers
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
          message: `port ${port.hostPort} of ${busy.address} is used by ${holder}, but hive needs it for port ${port.containerPort} of ${host.name}`,
          remedy: `stop it, or write another base, e.g. ${portBase(plan) === 40_000 ? 20_000 : 40_000}`,
        },
      ];
    }),
  );
}

function meetsLoopback(address: string): boolean {
  return [loopback, "0.0.0.0", "::", "*", ""].includes(address);
}

/** First port on 127.0.0.1. */
export function portBase(plan: Plan): number {
  return plan.container?.loopbackPortBase ?? 20_000;
}
