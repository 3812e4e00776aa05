/**
 * How a service of a Swarm is, decided from what an engine lists: the one answer that a run,
 * `status` and `promote` share. Pure.
 */
import type { EngineNode } from "../engine-api/node";
import type { EngineService } from "../engine-api/service";
import type { EngineServiceSpec, EngineTaskTemplate } from "../engine-api/service-spec";
import type { EngineTask } from "../engine-api/task";
import { mayRun } from "../swarm/node-state";
import { engineTime } from "../values/engine-time";
import { sameValue } from "../values/same-value";
import { meetsConstraints } from "./placement-constraints";

/** What a service is: tasks on every host, so many tasks, or tasks that run to their end. */
export type ServiceMode = "global" | "replicated" | "job";

/** How a service is. */
export interface ServiceHealth {
  readonly mode: ServiceMode;
  /**
   * Tasks that it has when every host of the Swarm is there; of a job, those of the run that it is
   * at.
   */
  readonly wanted: number;
  /** Tasks that it can have now: on a host that is lost nothing runs. */
  readonly possible: number;
  /** Tasks that run as the service is wanted now. */
  readonly running: readonly EngineTask[];
  /** Tasks of an earlier version, or on a host that is not allowed any more, that still run. */
  readonly older: readonly EngineTask[];
}

/** How a job is: `running` also between two attempts. */
export type JobState = "never run" | "running" | "complete" | "failed";

/** States in which a task has ended badly. */
const badEnds = ["failed", "rejected", "orphaned"];
/**
 * States in which a task has ended by itself; the end of one that was told to stop is `shutdown`.
 */
const ownEnds = [...badEnds, "complete"];
/** States that a task does not leave. */
const ends = [...ownEnds, "shutdown", "remove"];
/** Wanted states of a task that is to do its work. */
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
  // Where no host is allowed at all, one task is wanted all the same: it would be no success.
  const nowhere = mode === "global" && members.length === 0;
  return {
    mode,
    wanted: nowhere ? 1 : places(service.Spec, members, running),
    possible: places(service.Spec, members.filter(mayRun), running),
    running,
    older,
  };
}

/** What a service is. */
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

/** How many tasks a service has on these nodes. */
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
  // One is waited for in any case, so that no host at all is no success.
  const room = nodes.reduce((sum, node) => sum + roomOf(node, perHost, running), 0);
  return Math.min(replicas, Math.max(1, room));
}

/** A node that is paused keeps what it has, and takes nothing new. */
function roomOf(node: EngineNode, perHost: number, running: readonly EngineTask[]): number {
  if (node.Spec.Availability === "active") return perHost;
  if (node.Spec.Availability === "drain") return 0;
  return running.filter(({ NodeID }) => NodeID === node.ID).length;
}

/**
 * Whether a task runs: of a node that is lost, a manager still lists the last thing that it heard.
 */
export function runs(task: EngineTask, nodes: readonly EngineNode[]): boolean {
  return task.Status.State === "running" && mayRun(nodes.find(({ ID }) => ID === task.NodeID));
}

/**
 * Whether a task runs and is meant to: one that is being stopped runs for a moment beside the one
 * that takes its place.
 */
export function isRunning(task: EngineTask, nodes: readonly EngineNode[]): boolean {
  return alive.includes(task.DesiredState) && runs(task, nodes);
}

/** A task that is on its way, or runs. */
export function isUnfinished(task: EngineTask): boolean {
  return alive.includes(task.DesiredState) && !isOver(task);
}

/** Whether a task has ended by itself, well or badly. */
export function hasEnded({ Status }: EngineTask): boolean {
  return ownEnds.includes(Status.State);
}

/** Whether a task has come to its end, by itself or because it was told to. */
export function isOver({ Status }: EngineTask): boolean {
  return ends.includes(Status.State);
}

/** Tasks that have ended badly, newest first. */
export function failuresOf(tasks: readonly EngineTask[]): readonly EngineTask[] {
  return newestFirst(tasks.filter(({ Status }) => badEnds.includes(Status.State)));
}

/** Tasks by the time at which they came to be as they are. */
export function newestFirst(tasks: readonly EngineTask[]): readonly EngineTask[] {
  return [...tasks].sort((a, b) => engineTime(b.Status.Timestamp) - engineTime(a.Status.Timestamp));
}

/**
 * Whether a task is of the wanted kind. The engine lets a task whose placement alone differs go on
 * where it is, as long as its host meets what is wanted now (swarmkit, `IsTaskDirty`).
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
 * What makes tasks differ. An engine writes more into a service than into its tasks (20.10:
 * `Runtime`).
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

/** How many tasks may end in one place before the engine itself gives up there. */
export function attemptsAllowed({ Spec }: EngineService): number {
  const { Condition = "any", MaxAttempts = 0 } = Spec.TaskTemplate.RestartPolicy ?? {};
  if (Condition === "none") return 1;
  return MaxAttempts === 0 ? Infinity : MaxAttempts + 1;
}

/** Tasks of the run that a job is at. */
export function tasksOfRun(
  service: EngineService,
  tasks: readonly EngineTask[],
): readonly EngineTask[] {
  const iteration = service.JobStatus?.JobIteration?.Index ?? 0;
  return tasks.filter(({ JobIteration }) => (JobIteration?.Index ?? 0) === iteration);
}

/** How the run of a job is that it is at. */
export function jobState(service: EngineService, tasks: readonly EngineTask[]): JobState {
  const run = tasksOfRun(service, tasks);
  const wanted = service.Spec.Mode.ReplicatedJob?.TotalCompletions ?? 0;
  if (run.length === 0) return "never run";
  if (run.some(isUnfinished)) return "running";
  const complete = run.filter(({ Status }) => Status.State === "complete");
  if (complete.length >= Math.max(1, wanted)) return "complete";
  const isGivenUp = wanted === 0 || failuresOf(run).length >= attemptsAllowed(service);
  return isGivenUp ? "failed" : "running";
}
