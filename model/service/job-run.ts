/** A run of a job that is started at once, from outside of its schedule. Pure. */
import type { EngineService } from "../engine-api/service";
import type { EngineServiceSpec } from "../engine-api/service-spec";
import type { EngineTask } from "../engine-api/task";
import { lastRunLabel, scheduleLabel } from "../swarm/labels";
import { engineTime } from "../values/engine-time";
import { failuresOf, jobState, lastRun, tasksOfRun } from "./health";
import { jobActivity } from "./progress";

/**
 * The specification with which the Swarm starts a job, once: as the scheduler agent writes it, so
 * that the next run of hive finds nothing changed.
 *
 * @param now the moment of the start: for a scheduled job the time of its last run
 */
export function startedRun(spec: EngineServiceSpec, now: Date): EngineServiceSpec {
  const { TaskTemplate: template, Labels: labels = {} } = spec;
  const isScheduled = labels[scheduleLabel] !== undefined;
  return {
    ...spec,
    ...(isScheduled
      ? { Labels: { ...labels, [lastRunLabel]: now.toISOString().replace(/\.\d+Z$/, "Z") } }
      : {}),
    TaskTemplate: { ...template, ForceUpdate: (template.ForceUpdate ?? 0) + 1 },
    Mode: { ReplicatedJob: { MaxConcurrent: 1, TotalCompletions: 1 } },
  };
}

/**
 * How long a started run may take to get its first task. A run that has none after that has lost
 * its tasks: the Swarm forgets those of a server that left it.
 */
const startMs = 60_000;

/**
 * Whether a run of a job goes on: it has a task, waits for its first one, or for another try after
 * a failed one.
 */
export function isGoing(service: EngineService, tasks: readonly EngineTask[], now: Date): boolean {
  if (jobActivity(service, tasks) === "starting")
    return now.getTime() - engineTime(service.UpdatedAt) < startMs;
  return jobState(service, tasks) === "running";
}

/** How a started run is getting on. */
export interface RunProgress {
  /** `overtaken`: the job was changed after the start, for which the Swarm ends the run. */
  readonly kind: "starting" | "running" | "complete" | "failed" | "overtaken";
  /** Tasks of the run. */
  readonly tasks: readonly EngineTask[];
  /** Tries that have failed, newest first. */
  readonly failures: readonly EngineTask[];
}

/**
 * How a run is getting on.
 *
 * @param before the job's iteration before the start
 */
export function runProgress(
  service: EngineService,
  all: readonly EngineTask[],
  before: number,
): RunProgress {
  const number = lastRun(service);
  const tasks = tasksOfRun(service, all);
  const failures = failuresOf(tasks);
  if (number > before + 1) return { kind: "overtaken", tasks: [], failures: [] };
  if (number <= before) return { kind: "starting", tasks: [], failures: [] };
  const state = jobState(service, all);
  return { kind: state === "never run" ? "starting" : state, tasks, failures };
}
