/**
 * What keeps a service of a Swarm from ever getting where it is to be, decided from what an engine
 * lists. Pure.
 */
import { meetsConstraints } from "./placement-constraints";
import { mayRun } from "../swarm/node-state";
import { isCurrent, isOver } from "./health";
import { hostNames, placeOf } from "./progress";
import type { EngineNode } from "../engine-api/node";
import type { EngineService } from "../engine-api/service";
import type { EngineTask } from "../engine-api/task";

/**
 * Why a service does not move, with the tasks in question: they have to stay as they are for some
 * time before anything is done about it, for each of these states also occurs in passing.
 */
export type Stall =
  | {
      /**
       * The engine's updater waits for a task on a host that was lost, for ever, if it had turned
       * to it before the loss was noticed; begun anew, it leaves that host out.
       */
      readonly kind: "lost-host";
      readonly tasks: readonly EngineTask[];
      readonly hosts: readonly string[];
    }
  | {
      /**
       * On a host of a global service the next task waits for the end of one that no engine was
       * ever given, and which therefore cannot end: a failed task had been started again just when
       * the Swarm turned back, and both want the same port of the host. The Swarm waits a minute
       * for it (swarmkit, `defaultOldTaskTimeout`), and the port is served by nobody meanwhile.
       */
      readonly kind: "held";
      readonly tasks: readonly EngineTask[];
      readonly hosts: readonly string[];
      /** Ids of the hosts' nodes. */
      readonly nodes: readonly string[];
    }
  | {
      /**
       * Two tasks of the wanted kind are to run in one place, and one cannot, for the other one
       * holds what it needs. The updater waits for it for ever.
       */
      readonly kind: "doubled";
      readonly tasks: readonly EngineTask[];
      readonly hosts: readonly string[];
    }
  | {
      /**
       * More replicas are to run than are wanted: a task that reported something while the Swarm
       * scaled down is passed over, and stays until the service changes again (swarmkit,
       * `setTasksDesiredState` writes an older version of the task, which the store refuses).
       */
      readonly kind: "surplus";
      readonly tasks: readonly EngineTask[];
      readonly hosts: readonly string[];
    }
  | {
      /** The scheduler finds no host for tasks, for want of memory, of a port, of addresses. */
      readonly kind: "no-place";
      readonly tasks: readonly EngineTask[];
      /** The scheduler's reason, and what to do. */
      readonly reason: string;
      /** Whether they wait for a port that other tasks hold. */
      readonly waitsForPort: boolean;
    };

/** States of a task that no host has been given yet. */
const unassigned = ["new", "pending"];
/** Wanted states of a task that is to run, now or when its turn comes. */
const wanted = ["ready", "running"];

/**
 * What holds a service up; undefined when nothing is to be seen. Jobs are waited for in their own
 * way.
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
  if (!["updating", "rollback_started"].includes(service.UpdateStatus?.State ?? "")) {
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
  // The next task has to have the place already: else it is the one that goes which gets it, and
  // ends.
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
 * @param current tasks of the wanted kind: while a new task is started before the old one stops,
 *   both are to run
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
  if (replicated === undefined) return undefined;
  const alive = tasks.filter((task) => wanted.includes(task.DesiredState) && !isOver(task));
  // Two tasks of one replica: one takes the place of the other, or see "doubled".
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
  // A host that comes back may be what the tasks wait for.
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
      // More tasks than its own limit for each server lets run: nothing is waited for.
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
 * What the scheduler says (swarmkit, manager/scheduler/filter.go); before it looks at a task, the
 * task gets its addresses.
 */
function words(error: string): string {
  return error === "" ? "a task of it is not even given to the scheduler" : error;
}

function remedy(error: string): string {
  if (error === "") {
    return "The addresses of one of its networks may be used up: see on a manager with docker network inspect --verbose <network>; give the network a larger subnet";
  }
  if (error.includes("insufficient resources")) {
    return "No server has as much memory or CPU left as its resources.reservations ask for: lower them, or give the servers more";
  }
  if (isPortTaken(error)) {
    return "Another service holds the port: see on a manager with docker service inspect --format '{{.Spec.Name}} {{json .Spec.EndpointSpec.Ports}}' $(docker service ls -q); give one of the two another port, or keep them to different servers";
  }
  return "See what its placement asks of servers, and what they have, on a manager: docker node inspect <server>";
}
