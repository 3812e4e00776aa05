/**
 * The health of a Swarm service, decided from the Docker Engine's lists: the only implementation,
 * which a run, `status` and `promote` share. Pure.
 */
import type { EngineNode } from "../engine-api/node";
import type { EngineService } from "../engine-api/service";
import type { EngineServiceSpec, EngineTaskTemplate } from "../engine-api/service-spec";
import type { EngineTask } from "../engine-api/task";
import { endedRunLabel } from "../swarm/labels";
import { mayRun } from "../swarm/node-state";
import { engineTime } from "../values/engine-time";
import { sameValue } from "../values/same-value";
import { meetsConstraints } from "./placement-constraints";

/** The kind of a service: a task on every host, a number of tasks, or tasks that end. */
export type ServiceMode = "global" | "replicated" | "job";

/** The health of a service. */
export interface ServiceHealth {
  readonly mode: ServiceMode;
  /**
   * Number of tasks when every host of the Swarm is up; for a job, the tasks of its present run.
   */
  readonly wanted: number;
  /** Number of tasks that are possible now: nothing runs on a lost host. */
  readonly possible: number;
  /** Running tasks of the wanted version. */
  readonly running: readonly EngineTask[];
  /** Running tasks of an earlier version, or on a host that is no longer allowed. */
  readonly older: readonly EngineTask[];
}

/** State of a job: `running` also between two attempts. */
export type JobState = "never run" | "running" | "complete" | "failed";

/** States of a failed task. */
const badEnds = ["failed", "rejected", "orphaned"];
/**
 * States of a task that ended by itself; a task that was told to stop ends as `shutdown`.
 */
const ownEnds = [...badEnds, "complete"];
/** Final states of a task. */
const ends = [...ownEnds, "shutdown", "remove"];
/** Desired states of a task that should run. */
const alive = ["running", "complete"];

/**
 * Judges a service.
 *
 * @param all tasks of it
 * @param nodes all of the Swarm
 */
export function serviceHealth(
  service: EngineService,
  all: readonly EngineTask[],
  nodes: readonly EngineNode[],
): ServiceHealth {
  const active = all.filter((task) => isRunning(task, nodes));
  const mode = serviceMode(service.Spec);
  if (mode === "job") {
    const wanted = service.Spec.Mode.ReplicatedJob?.TotalCompletions ?? 0;
    return { mode, wanted, possible: wanted, running: active, older: [] };
  }
  const running = active.filter((task) => isCurrent(task, service, nodes));
  const older = active.filter((task) => !running.includes(task));
  const members = allowedNodes(service.Spec, nodes);
  // If no host is allowed at all, one task is still wanted: else this would count as a success.
  const nowhere = mode === "global" && members.length === 0;
  return {
    mode,
    wanted: nowhere ? 1 : places(service.Spec, members, running),
    possible: places(service.Spec, members.filter(mayRun), running),
    running,
    older,
  };
}

/** The kind of a service. */
export function serviceMode({ Mode: mode }: Pick<EngineServiceSpec, "Mode">): ServiceMode {
  if (mode.Global !== undefined) return "global";
  return mode.ReplicatedJob === undefined && mode.GlobalJob === undefined ? "replicated" : "job";
}

/** The nodes that meet a service's placement constraints. */
export function allowedNodes(
  { TaskTemplate: template }: Pick<EngineServiceSpec, "TaskTemplate">,
  nodes: readonly EngineNode[],
): readonly EngineNode[] {
  const constraints = template.Placement?.Constraints ?? [];
  return nodes.filter((node) => meetsConstraints(node, constraints));
}

/** Number of tasks that a service has on these nodes. */
function places(
  { Mode: mode, TaskTemplate: template }: EngineServiceSpec,
  nodes: readonly EngineNode[],
  running: readonly EngineTask[],
): number {
  if (mode.Global !== undefined) {
    return nodes.reduce((sum, node) => sum + roomOf(node, 1, running), 0);
  }
  const replicas = mode.Replicated?.Replicas ?? 1;
  const perHost = template.Placement?.MaxReplicas ?? 0;
  if (perHost === 0) return replicas;
  // At least one, so that no host at all does not count as a success.
  const room = nodes.reduce((sum, node) => sum + roomOf(node, perHost, running), 0);
  return Math.min(replicas, Math.max(1, room));
}

/** A paused node keeps its tasks, and takes no new ones. */
function roomOf(node: EngineNode, perHost: number, running: readonly EngineTask[]): number {
  if (node.Spec.Availability === "active") return perHost;
  if (node.Spec.Availability === "drain") return 0;
  return running.filter(({ NodeID }) => NodeID === node.ID).length;
}

/**
 * Whether a task runs: for a lost node, a manager still lists the last known state.
 */
export function runs(task: EngineTask, nodes: readonly EngineNode[]): boolean {
  return task.Status.State === "running" && mayRun(nodes.find(({ ID }) => ID === task.NodeID));
}

/**
 * Whether a task runs and should run: a task that is being stopped runs for a moment beside its
 * replacement.
 */
export function isRunning(task: EngineTask, nodes: readonly EngineNode[]): boolean {
  return alive.includes(task.DesiredState) && runs(task, nodes);
}

/** A task that starts or runs. */
export function isUnfinished(task: EngineTask): boolean {
  return alive.includes(task.DesiredState) && !isOver(task);
}

/** Whether a task has ended by itself, successfully or not. */
export function hasEnded({ Status }: EngineTask): boolean {
  return ownEnds.includes(Status.State);
}

/** Whether a task has ended, by itself or because it was stopped. */
export function isOver({ Status }: EngineTask): boolean {
  return ends.includes(Status.State);
}

/** Failed tasks, newest first. */
export function failuresOf(tasks: readonly EngineTask[]): readonly EngineTask[] {
  return newestFirst(tasks.filter(({ Status }) => badEnds.includes(Status.State)));
}

/** Compares tasks by the time of their present state. */
export function newestFirst(tasks: readonly EngineTask[]): readonly EngineTask[] {
  return [...tasks].sort((a, b) => engineTime(b.Status.Timestamp) - engineTime(a.Status.Timestamp));
}

/**
 * Whether a task is of the wanted version. Swarm keeps a task that differs only in its placement,
 * as long as its host meets the wanted constraints (swarmkit, `IsTaskDirty`).
 */
export function isCurrent(
  task: EngineTask,
  service: EngineService,
  nodes: readonly EngineNode[],
): boolean {
  const template = service.Spec.TaskTemplate;
  if (!sameValue(templateOf(task.Spec), templateOf(template))) return false;
  const node = nodes.find(({ ID }) => ID === task.NodeID);
  return node === undefined || meetsConstraints(node, template.Placement?.Constraints ?? []);
}

/**
 * The fields in which tasks of different versions differ. Docker Engine writes more into a service
 * than into its tasks (20.10: `Runtime`).
 */
function templateOf(template: Partial<EngineTaskTemplate> | undefined): object {
  const { ContainerSpec, Resources, RestartPolicy, Networks, LogDriver, ForceUpdate } =
    template ?? {};
  return {
    ContainerSpec,
    Resources,
    RestartPolicy,
    Networks,
    LogDriver,
    ForceUpdate: ForceUpdate ?? 0,
  };
}

/** How many tasks may end in one slot before Swarm itself gives up there. */
export function attemptsAllowed({ Spec }: EngineService): number {
  const { Condition = "any", MaxAttempts = 0 } = Spec.TaskTemplate.RestartPolicy ?? {};
  if (Condition === "none") return 1;
  return MaxAttempts === 0 ? Infinity : MaxAttempts + 1;
}

/** Tasks of a job's present run, or of the complete one after which the job came to rest. */
export function tasksOfRun(
  service: EngineService,
  tasks: readonly EngineTask[],
): readonly EngineTask[] {
  const run = lastRun(service);
  return tasks.filter(({ JobIteration }) => (JobIteration?.Index ?? 0) === run);
}

/** Number of a job's last change. Each one begins a run, if the job wants any. */
export function iteration({ JobStatus }: Pick<EngineService, "JobStatus">): number {
  return JobStatus?.JobIteration?.Index ?? 0;
}

/** The iteration of a job's last run: the present one, or the one after which it came to rest. */
export function lastRun(service: EngineService): number {
  return iteration(service) - (isAtRest(service) ? 1 : 0);
}

/** Whether the run before a job's last change is complete, see {@link endedRunLabel}. */
function isAtRest(service: EngineService): boolean {
  return service.Spec.Labels?.[endedRunLabel] === String(iteration(service));
}

/** State of a job's present run. */
export function jobState(service: EngineService, tasks: readonly EngineTask[]): JobState {
  const run = tasksOfRun(service, tasks);
  const wanted = service.Spec.Mode.ReplicatedJob?.TotalCompletions ?? 0;
  // The Swarm need not keep the tasks of a run that ended.
  if (isAtRest(service)) return "complete";
  if (run.length === 0) return "never run";
  if (run.some(isUnfinished)) return "running";
  const complete = run.filter(({ Status }) => Status.State === "complete");
  if (complete.length >= Math.max(1, wanted)) return "complete";
  const isGivenUp = wanted === 0 || failuresOf(run).length >= attemptsAllowed(service);
  return isGivenUp ? "failed" : "running";
}
