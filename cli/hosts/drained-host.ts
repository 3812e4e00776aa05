import type { SwarmFacts } from "../swarm/facts";
import type { EngineNode } from "../../model/engine-api/node";
import type { EngineTask } from "../../model/engine-api/task";

/**
 * Final states of a task
 * (https://docs.docker.com/engine/swarm/how-swarm-mode-works/swarm-task-states/).
 */
const ended = ["complete", "shutdown", "failed", "rejected", "remove", "orphaned"];

/** Why a server must not be drained now, a sentence each; empty if it may be drained. */
export function reasonsNotToDrain(nodes: readonly EngineNode[], host: string): readonly string[] {
  const others = nodes.filter((node) => nameOf(node) !== host);
  const away = others.filter(
    ({ Status, ManagerStatus }) =>
      Status.State !== "ready" ||
      (ManagerStatus !== undefined && ManagerStatus.Reachability !== "reachable"),
  );
  const closed = others.filter(
    (node) => !away.includes(node) && node.Spec.Availability !== "active",
  );
  return [
    ...(away.length === 0
      ? []
      : [
          `${names(away)} ${is(away)} unreachable: with one more server down, the Swarm could lose its majority`,
        ]),
    ...(closed.length === 0
      ? []
      : [
          `${names(closed)} ${is(closed)} already drained or paused: the tasks would have too few servers`,
        ]),
  ];
}

/** What is left to do before a server is empty. */
export interface DrainProgress {
  /** Services that still have a task on the server. */
  readonly onHost: readonly string[];
  /** Services that had a task there and now have fewer running tasks than wanted. */
  readonly short: readonly string[];
  /** Services with a task that no other server can run: they wait for this server. */
  readonly waiting: readonly string[];
}

/** How long a task may find no server while others are still moving, milliseconds. */
const placementMs = 10_000;

/**
 * What is left to wait for.
 *
 * @param moving names of the services that had a task on the server
 * @param now the time, milliseconds since 1970
 */
export function drainProgress(
  facts: SwarmFacts,
  nodeId: string,
  moving: readonly string[],
  now: number,
): DrainProgress {
  const incomplete = moving.filter((name) => {
    const service = facts.services.find(({ Spec }) => Spec.Name === name);
    const replicas = service?.Spec.Mode?.Replicated?.Replicas;
    if (service === undefined || replicas === undefined) return false;
    const running = tasksOf(facts, name).filter(
      (task) => task.NodeID !== nodeId && isRunning(task),
    );
    return running.length < replicas;
  });
  const waiting = incomplete.filter((name) =>
    tasksOf(facts, name).some((task) => findsNoServer(task, now)),
  );
  // If a server is down, the Swarm does not learn that its tasks have ended.
  const isThere = facts.nodes.some(({ ID, Status }) => ID === nodeId && Status.State === "ready");
  return {
    onHost: isThere ? servicesOn(facts, nodeId) : [],
    short: incomplete.filter((name) => !waiting.includes(name)),
    waiting,
  };
}

/** Names of the services that have a live task on a server, in alphabetical order. */
export function servicesOn({ services, tasks }: SwarmFacts, nodeId: string): readonly string[] {
  const there = tasks.filter((task) => task.NodeID === nodeId && isLive(task));
  const ids = new Set(there.map(({ ServiceID }) => ServiceID));
  return services
    .filter(({ ID }) => ids.has(ID))
    .map(({ Spec }) => Spec.Name)
    .sort();
}

/** Names of the services on a server of which no task runs on another one. */
export function servicesOnlyOn(facts: SwarmFacts, nodeId: string): readonly string[] {
  return servicesOn(facts, nodeId).filter(
    (name) => !tasksOf(facts, name).some((task) => task.NodeID !== nodeId && isRunning(task)),
  );
}

function tasksOf({ services, tasks }: SwarmFacts, name: string): readonly EngineTask[] {
  const id = services.find(({ Spec }) => Spec.Name === name)?.ID;
  return tasks.filter(({ ServiceID }) => ServiceID === id);
}

function findsNoServer({ Status }: EngineTask, now: number): boolean {
  const since = now - Date.parse(Status.Timestamp ?? "");
  return (
    Status.State === "pending" && /no suitable node/.test(Status.Err ?? "") && since > placementMs
  );
}

function isLive({ Status }: EngineTask): boolean {
  return !ended.includes(Status.State);
}

function isRunning({ Status, DesiredState }: EngineTask): boolean {
  return Status.State === "running" && DesiredState === "running";
}

/** The node's host name. */
export function nameOf({ ID, Description }: EngineNode): string {
  // Absent until the node's agent has registered.
  const { Hostname: name }: { readonly Hostname?: string } = Description;
  return name ?? ID;
}

function names(nodes: readonly EngineNode[]): string {
  return nodes.map(nameOf).join(" and ");
}

function is(nodes: readonly EngineNode[]): string {
  return nodes.length === 1 ? "is" : "are";
}
