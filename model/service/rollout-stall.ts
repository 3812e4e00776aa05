/**
 * Decides why a service of a Swarm can never converge, from the Docker Engine's lists. Pure.
 */
import { meetsConstraints } from "./placement-constraints";
import { mayRun } from "../swarm/node-state";
import { isCurrent, isOver } from "./health";
import { hostNames, placeOf } from "./progress";
import type { EngineNode } from "../engine-api/node";
import type { EngineService } from "../engine-api/service";
import type { EngineTask } from "../engine-api/task";

/**
 * Why a service is stuck, with the affected tasks: they have to stay unchanged for some time before
 * hive acts, because each of these states also occurs temporarily.
 */
export type Stall =
  | {
      /**
       * Swarm's updater waits for ever for a task on a lost host, if it started with that task
       * before the loss was noticed; after a restart, it skips that host.
       */
      readonly kind: "lost-host";
      readonly tasks: readonly EngineTask[];
      readonly hosts: readonly string[];
    }
  | {
      /**
       * On a host of a global service the next task waits for the end of a task that was never
       * given to a Docker Engine, and which therefore cannot end: a failed task was restarted just
       * when the Swarm rolled back, and both want the same port of the host. The Swarm waits a
       * minute for it (swarmkit, `defaultOldTaskTimeout`), and nobody serves the port meanwhile.
       */
      readonly kind: "held";
      readonly tasks: readonly EngineTask[];
      readonly hosts: readonly string[];
      /** Node ids of the hosts. */
      readonly nodes: readonly string[];
    }
  | {
      /**
       * The Swarm wants two tasks of the wanted version in one slot, and one cannot run, because
       * the other one holds what it needs. The updater waits for it for ever.
       */
      readonly kind: "doubled";
      readonly tasks: readonly EngineTask[];
      readonly hosts: readonly string[];
    }
  | {
      /**
       * More replicas run than are wanted: the Swarm skipped a task that reported something while
       * it scaled down; the task stays until the service changes again (swarmkit,
       * `setTasksDesiredState` writes an older version of the task, which the store refuses).
       */
      readonly kind: "surplus";
      readonly tasks: readonly EngineTask[];
      readonly hosts: readonly string[];
    }
  | {
      /** The scheduler finds no host for tasks: no memory, port or address is free. */
      readonly kind: "no-place";
      readonly tasks: readonly EngineTask[];
      /** The scheduler's reason, and the remedy. */
      readonly reason: string;
      /** Whether they wait for a port that other tasks hold. */
      readonly waitsForPort: boolean;
    };

/** States of an update that goes on. */
const inProgress = ["updating", "rollback_started"];
/** States of a task without a host. */
const unassigned = ["new", "pending"];
/** Desired states of a task that should run, now or later. */
const wanted = ["ready", "running"];

/**
 * The reason why a service is stuck; undefined when there is none. Jobs are not checked here.
 */
export function stallOf(
  service: EngineService,
  tasks: readonly EngineTask[],
  nodes: readonly EngineNode[],
): Stall | undefined {
  if (service.Spec.Mode.ReplicatedJob !== undefined) return undefined;
  const current = tasks.filter((task) => isCurrent(task, service, nodes));
  return (
    lostHost(service, tasks, nodes) ??
    held(service, tasks, nodes) ??
    doubled(current, nodes) ??
    surplus(service, tasks, nodes) ??
    noPlace(service, tasks, nodes)
  );
}

function lostHost(
  service: EngineService,
  tasks: readonly EngineTask[],
  nodes: readonly EngineNode[],
): Stall | undefined {
  if (!inProgress.includes(service.UpdateStatus?.State ?? "")) {
    return undefined;
  }
  const lost = nodes.filter((node) => !mayRun(node)).map(({ ID }) => ID);
  const there = tasks.filter((task) => lost.includes(task.NodeID ?? "") && !isOver(task));
  if (there.length === 0) return undefined;
  return { kind: "lost-host", tasks: there, hosts: hostNames(there, nodes) };
}

function held(
  service: EngineService,
  tasks: readonly EngineTask[],
  nodes: readonly EngineNode[],
): Stall | undefined {
  if (service.Spec.Mode.Global === undefined) return undefined;
  // The next task must already have the slot: else the outgoing task still gets it, and ends.
  const next = tasks.filter(
    ({ DesiredState, Status }) => DesiredState === "ready" && Status.State === "ready",
  );
  const before = tasks.filter(
    ({ DesiredState, Status }) => DesiredState === "shutdown" && unassigned.includes(Status.State),
  );
  const pairs = next.flatMap((task) => {
    const blocking = before.find(({ NodeID }) => NodeID === task.NodeID);
    return blocking === undefined ? [] : [task, blocking];
  });
  if (pairs.length === 0) return undefined;
  const ids = [...new Set(pairs.map(({ NodeID = "" }) => NodeID))];
  return { kind: "held", tasks: pairs, hosts: hostNames(pairs, nodes), nodes: ids };
}

/**
 * @param current tasks of the wanted version: with `start-first`, the new and the old task are both
 *   wanted for a while
 */
function doubled(current: readonly EngineTask[], nodes: readonly EngineNode[]): Stall | undefined {
  const alive = current.filter((task) => wanted.includes(task.DesiredState) && !isOver(task));
  const stuck = alive.filter(
    (task) =>
      unassigned.includes(task.Status.State) &&
      alive.some((other) => other !== task && placeOf(other) === placeOf(task)),
  );
  if (stuck.length === 0) return undefined;
  const places = stuck.map(placeOf);
  const involved = alive.filter((task) => places.includes(placeOf(task)));
  return { kind: "doubled", tasks: involved, hosts: hostNames(involved, nodes) };
}

function surplus(
  service: EngineService,
  tasks: readonly EngineTask[],
  nodes: readonly EngineNode[],
): Stall | undefined {
  const { Replicated: replicated } = service.Spec.Mode;
  // A new beginning in the middle of an update would make the new release the one to go back to.
  const isRollingOut = inProgress.includes(service.UpdateStatus?.State ?? "");
  if (replicated === undefined || isRollingOut) return undefined;
  const alive = tasks.filter((task) => wanted.includes(task.DesiredState) && !isOver(task));
  // Two tasks of one replica: one replaces the other, or see "doubled".
  const places = new Set(alive.map(placeOf));
  if (places.size <= (replicated.Replicas ?? 1)) return undefined;
  return { kind: "surplus", tasks: alive, hosts: hostNames(alive, nodes) };
}

function noPlace(
  service: EngineService,
  tasks: readonly EngineTask[],
  nodes: readonly EngineNode[],
): Stall | undefined {
  const constraints = service.Spec.TaskTemplate.Placement?.Constraints ?? [];
  // The tasks may wait for a host that comes back.
  const away = nodes.some(
    (node) =>
      meetsConstraints(node, constraints) &&
      node.Spec.Availability === "active" &&
      node.Status.State !== "ready",
  );
  const moving = tasks.filter(
    ({ DesiredState, Status: { State: state, Err: error = "" } }) =>
      wanted.includes(DesiredState) &&
      state !== "running" &&
      // More tasks than the service's own limit per server allows: waiting is useless.
      !error.includes("max replicas per node"),
  );
  const waiting = moving.filter(
    ({ DesiredState, Status }) => DesiredState === "running" && unassigned.includes(Status.State),
  );
  if (away || waiting.length === 0 || waiting.length < moving.length) return undefined;
  const reasons = [...new Set(waiting.map(({ Status }) => Status.Err ?? ""))].sort();
  const reason = reasons.map((error) => `${words(error)}. ${remedy(error)}`).join(" ");
  const waitsForPort = waiting.some(({ Status }) => isPortTaken(Status.Err ?? ""));
  return { kind: "no-place", tasks: waiting, reason, waitsForPort };
}

function isPortTaken(error: string): boolean {
  return error.includes("port already in use");
}

/**
 * The scheduler's message (swarmkit, manager/scheduler/filter.go); a task gets its addresses before
 * the scheduler handles it.
 */
function words(error: string): string {
  return error === "" ? "a task of it did not reach the scheduler" : error;
}

function remedy(error: string): string {
  if (error === "") {
    return "The addresses of one of its networks may be used up. Check on a manager with docker network inspect --verbose <network>, and give the network a larger subnet";
  }
  if (error.includes("insufficient resources")) {
    return "No server has as much memory or CPU left as its resources.reservations ask for: lower them, or give the servers more";
  }
  if (isPortTaken(error)) {
    return "Another service uses the port. Look on a manager with docker service inspect --format '{{.Spec.Name}} {{json .Spec.EndpointSpec.Ports}}' $(docker service ls -q); give one of the two another port, or keep them on different servers";
  }
  return "Compare its placement with the labels of the servers, on a manager: docker node inspect <server>";
}
