/** Decides whether a service has converged, from the Docker Engine's lists. Pure. */
import type { EngineNode } from "../engine-api/node";
import type { EngineService } from "../engine-api/service";
import type { EngineTask } from "../engine-api/task";
import { mayRun } from "../swarm/node-state";
import {
  allowedNodes,
  attemptsAllowed,
  failuresOf,
  hasEnded,
  isCurrent,
  isOver,
  isUnfinished,
  jobState,
  newestFirst,
  runs,
  serviceHealth,
  type ServiceHealth,
  tasksOfRun,
} from "./health";
import { taskError } from "./task-error";

/** The progress of a service. */
export type ServiceProgress =
  | { readonly kind: "converged" }
  | {
      readonly kind: "waiting";
      /** Missing tasks, and the states of its tasks: `2 of 3 tasks run (preparing on hive1)`. */
      readonly detail: string;
      /** Tasks of the wanted version that have failed so far, newest first. */
      readonly tasks: readonly EngineTask[];
    }
  | {
      readonly kind: "failed";
      readonly detail: string;
      /** Tasks whose failure is the reason, newest first. */
      readonly tasks: readonly EngineTask[];
    };

/**
 * The error when a change failed and was rolled back: `the update of web failed; the previous
 * release (610449ea02a1) is running again`.
 *
 * @param service as it is after the roll-back: its image is the previous release's
 * @param state of the previous release's tasks, if not all of them run
 */
export function rolledBackText(service: EngineService, state?: string): string {
  const release = `the previous release${releaseOf(service)}`;
  return `the update of ${service.Spec.Name} failed; ${release} ${endText(service, state)}`;
}

/** What became of the previous release. A change that moves a volume has stopped it before. */
function endText({ Spec }: EngineService, state?: string): string {
  if (state !== undefined) return `was put back, but of it ${state}`;
  return Spec.Mode.Replicated?.Replicas === 0
    ? "is back; it had no task when the update began"
    : "is running again";
}

/**
 * After so many ended tasks in the same slot hive gives up a new service, if Swarm has not done so
 * before.
 */
const attemptsPerPlace = 3;

/** Further facts for judging a service. */
export interface ProgressOptions {
  /** Whether it was just changed; else the end of an earlier update says nothing. */
  readonly updated: boolean;
  /**
   * Tasks from before the change: when they have ended, they say nothing about the wanted service.
   */
  readonly past?: ReadonlySet<string>;
}

/**
 * Decides the progress of a service. A task counts as running when the Docker Engine says so: with
 * a health check it says `starting` until the check has passed.
 *
 * @param service with its state of an update, if there is one
 * @param tasks all of its tasks
 * @param nodes all nodes of the Swarm
 */
export function serviceProgress(
  service: EngineService,
  all: readonly EngineTask[],
  nodes: readonly EngineNode[],
  { updated, past }: ProgressOptions,
): ServiceProgress {
  // The tasks of a job's run are identified by its number, and the wanted result is an ended task.
  if (service.Spec.Mode.ReplicatedJob !== undefined) return jobProgress(service, all, nodes);
  const tasks = all.filter((task) => past?.has(task.ID) !== true || !isOver(task));
  const current = tasks.filter((task) => isCurrent(task, service, nodes));
  const health = serviceHealth(service, tasks, nodes);
  const { missing, detail } = missingPlaces(service, health, tasks, nodes);
  const state = service.UpdateStatus?.State ?? "";
  switch (state) {
    case "updating":
      return waiting(`the change is being rolled out: ${detail}`, current, nodes);
    case "rollback_started":
      return waiting(
        `the change failed and is being rolled back: ${detail}`,
        tasks,
        nodes,
        culpritsOf(service, tasks),
      );
    case "paused":
    case "rollback_paused":
    case "rollback_completed": {
      // If an earlier roll-out left tasks unchanged, Swarm itself does nothing about them.
      if (!updated && !(missing && state !== "rollback_completed")) break;
      // Swarm calls a roll-back completed as soon as its last tasks are told to start: hive waits
      // for them, unless they fail as well.
      const coming = current.some((task) => isUnfinished(task) && task.Status.State !== "running");
      if (state === "rollback_completed" && coming && !current.some(hasEnded)) {
        const back = `the change was rolled back: ${detail}`;
        return waiting(back, tasks, nodes, culpritsOf(service, tasks));
      }
      return {
        kind: "failed",
        detail:
          state === "rollback_completed"
            ? rolledBackText(service, missing ? detail : undefined)
            : `the update is ${state} (${service.UpdateStatus?.Message ?? "no reason given"})`,
        tasks: culpritsOf(service, tasks),
      };
    }
  }
  if (!missing) return { kind: "converged" };
  const ended = newestFirst(current.filter(hasEnded));
  const { Condition: condition } = service.Spec.TaskTemplate.RestartPolicy ?? {};
  // A task that the Swarm stopped, to move it, may end successfully too: another one replaces it.
  const taken = new Set(current.filter(isUnfinished).map(placeOf));
  const done = ended.filter(
    (task) => task.Status.State === "complete" && !taken.has(placeOf(task)),
  );
  if (condition === "on-failure" && done.length > 0) {
    const why =
      "a task of it ended successfully, and its restart policy restarts it only after failures";
    return { kind: "failed", detail: why, tasks: done };
  }
  if (attemptsInWorstPlace(withinWindow(ended, service)) >= attemptsAllowed(service)) {
    const why = "its tasks ended, and its restart policy allows no further restart";
    return { kind: "failed", detail: why, tasks: ended };
  }
  if (attemptsInWorstPlace(ended) >= attemptsPerPlace) {
    return { kind: "failed", detail: "its tasks end again and again", tasks: ended };
  }
  const failures = [...new Set([...failuresOf(current), ...ended])];
  const { running, possible } = health;
  const isStarting = failures.length === 0 && running.length < possible;
  const start = isStarting ? startText(current, nodes, `${running.length} of ${possible}`) : "";
  return start === ""
    ? waiting(detail, current, nodes, failures)
    : { kind: "waiting", detail: start, tasks: [] };
}

/** ` (610449ea02a1)`: the digest of the image that a service runs, if its reference has one. */
function releaseOf({ Spec }: EngineService): string {
  const image = Spec.TaskTemplate.ContainerSpec?.Image ?? "";
  const digest = /@sha256:([0-9a-f]{12})/.exec(image)?.[1];
  return digest === undefined ? "" : ` (${digest})`;
}

/**
 * State of a job: `running`; `starting` when a run was started but has no task yet, which lasts a
 * moment; else `idle`.
 */
export function jobActivity(
  service: EngineService,
  tasks: readonly EngineTask[],
): "idle" | "starting" | "running" {
  const run = tasksOfRun(service, tasks);
  if (run.some(isUnfinished)) return "running";
  const wanted = service.Spec.Mode.ReplicatedJob?.TotalCompletions ?? 0;
  return wanted > 0 && run.length === 0 ? "starting" : "idle";
}

/** A job has converged when its run has completed; a scheduled job converges at once. */
function jobProgress(
  service: EngineService,
  tasks: readonly EngineTask[],
  nodes: readonly EngineNode[],
): ServiceProgress {
  const wanted = service.Spec.Mode.ReplicatedJob?.TotalCompletions ?? 0;
  const state = jobState(service, tasks);
  if (wanted === 0 || state === "complete") return { kind: "converged" };
  const run = tasksOfRun(service, tasks);
  if (state === "failed") {
    const failures = failuresOf(run);
    const times = failures.length === 1 ? "" : ` ${failures.length} times`;
    return { kind: "failed", detail: `the job failed${times}`, tasks: failures };
  }
  return waiting("the job has not ended", run, nodes);
}

/**
 * Tasks that made Swarm pause or roll back an update: the task that it names, whatever its end
 * looks like (an unhealthy task that ended with code 0 when it was told to stop counts as complete,
 * like a finished one); then failed tasks, then those that ended by themselves; newest first.
 */
export function culpritsOf(
  service: EngineService,
  tasks: readonly EngineTask[],
): readonly EngineTask[] {
  // swarmkit, manager/orchestrator/update: "update rolled back due to failure or early termination
  // of task <id>"
  const named = / of task (\w+)$/.exec(service.UpdateStatus?.Message ?? "")?.[1];
  const failed = failuresOf(tasks);
  const complete = newestFirst(tasks.filter(({ Status }) => Status.State === "complete"));
  const all = [...tasks.filter(({ ID }) => ID === named), ...failed, ...complete];
  return [...new Set(all)];
}

/**
 * The ended tasks, newest first, that count for the restart policy: with a window, those near the
 * newest of their slot.
 */
function withinWindow(
  ended: readonly EngineTask[],
  { Spec }: EngineService,
): readonly EngineTask[] {
  const windowMs = (Spec.TaskTemplate.RestartPolicy?.Window ?? 0) / 1e6;
  if (windowMs === 0) return ended;
  const time = ({ Status }: EngineTask): number => Date.parse(Status.Timestamp ?? "");
  const newest = new Map<string, number>();
  for (const task of [...ended].reverse()) newest.set(placeOf(task), time(task));
  // A task with an unreadable time counts.
  return ended.filter((task) => !((newest.get(placeOf(task)) ?? 0) - time(task) > windowMs));
}

/**
 * Whether tasks are missing or too many, with the number of running tasks, or the hosts without
 * one.
 */
function missingPlaces(
  service: EngineService,
  { running, older, possible }: ServiceHealth,
  tasks: readonly EngineTask[],
  nodes: readonly EngineNode[],
): { readonly missing: boolean; readonly detail: string } {
  const count = `${running.length} of ${possible} tasks run`;
  if (service.Spec.Mode.Global === undefined) {
    if (possible === running.length && older.length > 0) {
      const those =
        older.length === 1
          ? "one of an earlier release is"
          : `${older.length} of an earlier release are`;
      return {
        missing: true,
        detail: `${count}, and ${those} left on ${hostNames(older, nodes).join(", ")}`,
      };
    }
    // One that starts counts as well: it would run when nobody waits any more.
    const places = new Set(tasks.filter(isUnfinished).map(placeOf));
    const tooMany = places.size > (service.Spec.Mode.Replicated?.Replicas ?? 1);
    return { missing: possible !== running.length || tooMany, detail: count };
  }
  const allowed = allowedNodes(service.Spec, nodes);
  if (allowed.length === 0) {
    const constraints = service.Spec.TaskTemplate.Placement?.Constraints ?? [];
    return {
      missing: true,
      detail: `no host meets its placement constraints ${constraints.join(", ")}`,
    };
  }
  const namesOf = (some: readonly EngineNode[]): string =>
    some.map(({ Description }) => Description.Hostname).join(", ");
  const isOn = (some: readonly EngineTask[], { ID }: EngineNode): boolean =>
    some.some(({ NodeID }) => NodeID === ID);
  // Right after an election all nodes are unknown, even lost ones: none of them is skipped before
  // the leader knows.
  const without = allowed.filter(
    (node) => mayRun(node) && node.Spec.Availability === "active" && !isOn(running, node),
  );
  const left = tasks.filter((task) => runs(task, nodes));
  const surplus = nodes.filter((node) => !allowed.includes(node) && isOn(left, node));
  if (without.length === 0 && surplus.length > 0) {
    return { missing: true, detail: `a task still runs on ${namesOf(surplus)}` };
  }
  // Tasks of the wanted version run everywhere, but the roll-out may still have to end.
  if (without.length === 0) return { missing: false, detail: count };
  return { missing: true, detail: `no task runs on ${namesOf(without)}` };
}

/** The largest number of failures of one replica or on one node. */
function attemptsInWorstPlace(failures: readonly EngineTask[]): number {
  const counts = new Map<string, number>();
  for (const place of failures.map(placeOf)) {
    counts.set(place, (counts.get(place) ?? 0) + 1);
  }
  return Math.max(0, ...counts.values());
}

/**
 * The slot of a task: a replica's number, or the host of a global service's task.
 */
export function placeOf({ Slot, NodeID }: EngineTask): string {
  return Slot === undefined || Slot === 0 ? (NodeID ?? "") : String(Slot);
}

/**
 * A start that goes as it should: `starting on hive0, hive1 (1 of 3 healthy)`. Empty if no task
 * starts, or one reports an error.
 */
function startText(
  tasks: readonly EngineTask[],
  nodes: readonly EngineNode[],
  count: string,
): string {
  const doing = statesOf(tasks, nodes);
  const isNormal = doing.length > 0 && !tasks.some(({ Status: { Err = "" } }) => Err !== "");
  return isNormal ? `${doing.join("; ")} (${count} healthy)` : "";
}

/** What unfinished tasks are doing, with their hosts. */
function statesOf(tasks: readonly EngineTask[], nodes: readonly EngineNode[]): readonly string[] {
  const doing = new Map<string, string[]>();
  for (const task of tasks) {
    const isAtWork = task.DesiredState === "running" && task.Status.State === "running";
    if (!isUnfinished(task) || isAtWork) continue;
    const words = stateWords(task);
    doing.set(words, [...(doing.get(words) ?? []), ...hostOf(task, nodes)]);
  }
  return [...doing].map(([words, hosts]) => withHosts(words, hosts));
}

/** Missing tasks, with the states of unfinished tasks and the end of the last failed one. */
function waiting(
  detail: string,
  tasks: readonly EngineTask[],
  nodes: readonly EngineNode[],
  failures: readonly EngineTask[] = failuresOf(tasks),
): ServiceProgress {
  const [failure] = failuresOf(tasks);
  const parts = [
    ...statesOf(tasks, nodes),
    ...(failure === undefined
      ? []
      : [
          `${withHosts(`last one ${failure.Status.State}`, hostOf(failure, nodes))}: ` +
            taskError(failure.Status.Err ?? "no reason given"),
        ]),
  ];
  return {
    kind: "waiting",
    detail: parts.length === 0 ? detail : `${detail} (${parts.join("; ")})`,
    tasks: failures,
  };
}

/** The state of a task, in words. */
function stateWords({ Status: { State: state, Err: error = "" } }: EngineTask): string {
  if (error !== "") return `${state}: ${taskError(error)}`;
  switch (state) {
    case "new":
    case "pending":
      return "waiting for a host";
    case "preparing":
      return "preparing image, networks and volumes";
    case "starting":
      return "starting";
    default:
      return state;
  }
}

/** Names of the hosts of tasks, each once. */
export function hostNames(
  tasks: readonly EngineTask[],
  nodes: readonly EngineNode[],
): readonly string[] {
  return [...new Set(tasks.flatMap((task) => hostOf(task, nodes)))];
}

function hostOf({ NodeID }: EngineTask, nodes: readonly EngineNode[]): readonly string[] {
  const node = nodes.find(({ ID }) => ID === NodeID);
  return node === undefined ? [] : [node.Description.Hostname];
}

function withHosts(words: string, hosts: readonly string[]): string {
  return hosts.length === 0 ? words : `${words} on ${[...new Set(hosts)].join(", ")}`;
}
