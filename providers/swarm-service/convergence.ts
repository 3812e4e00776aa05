import {
  type EngineNode,
  type EngineTask,
  hasEnded,
  serviceProgress,
  type ServiceProgress,
  waitsForLostHost,
} from "../../model/service-progress";
import { sameValue } from "../dynamic";
import { progressReporter } from "../progress-line";
import { sleep } from "../transport/deadline";
import { isTransportError } from "../transport/errors";
import type { HostAccess } from "../transport/host-access";
import { withAnyManager } from "../transport/manager";
import { patiently } from "../transport/patience";
import { listServiceTasks, restartRollout, type ServiceInspection } from "./client";
import { reportTask } from "./task-report";

/** A service as it is now. */
interface Look {
  readonly name: string;
  readonly progress: ServiceProgress;
  /** Whether the roll-out waits for a task on a host that was lost. */
  readonly heldUp: boolean;
  /** Differs from the one before whenever a task has moved. */
  readonly state: string;
}

/** How convergence is awaited. */
export interface ConvergenceOptions {
  readonly deadlineSeconds: number;
  /** Whether the service is new, was changed just now, so that the engine rolls an update out, or is as it was. */
  readonly after: "creation" | "change" | "nothing";
  /** How long all tasks have to run before a new service counts as running, seconds. An update is watched by the engine. */
  readonly stableSeconds: number;
}

const pollMs = 250;
/** How long the Swarm may be without a leader while a change is rolled out, seconds: two rounds of an election, and more. */
const electionSeconds = 60;
/** An engine begins to roll out a change within this time; before that, the old tasks look like the result. */
const rolloutStartMs = 1000;
/** A roll-out that waits for a lost host is begun anew after it has not moved for this long. */
const heldUpMs = 4000;

/**
 * Waits until a service runs as wanted. Each look is a call of its own, through any manager: the one that was asked first
 * may be lost meanwhile. Work that takes long says what it is at.
 *
 * @throws Error with the failing task's own error and the last lines that it printed
 */
export async function awaitConvergence(
  managers: readonly HostAccess[],
  id: string,
  options: ConvergenceOptions,
): Promise<void> {
  const begin = Date.now();
  const end = begin + options.deadlineSeconds * 1000;
  const seen: Memory = { tasks: new Map(), past: undefined };
  const report = progressReporter();
  let stableSince: number | undefined;
  let rolloutSince = options.after === "change" ? begin : 0;
  let moved = { state: "", at: begin };
  for (;;) {
    const { name, progress, heldUp, state } = await look(managers, id, options.after, seen);
    if (state !== moved.state) {
      moved = { state, at: Date.now() };
    } else if (heldUp && Date.now() - moved.at > heldUpMs) {
      await withAnyManager(managers, (docker) => restartRollout(docker, id));
      rolloutSince = Date.now();
      moved = { state, at: rolloutSince };
      continue;
    }
    if (progress.kind === "failed") {
      throw await failure(managers, name, progress.detail, progress.tasks[0]);
    }
    if (progress.kind === "converged") {
      stableSince ??= Date.now();
      const settled = Date.now() - rolloutSince >= rolloutStartMs;
      if (settled && Date.now() - stableSince >= options.stableSeconds * 1000) {
        return;
      }
      if (options.stableSeconds > 0) report(`${name}: all tasks run, and are watched for a while`);
    } else {
      stableSince = undefined;
      report(`${name}: ${progress.detail}`);
      if (Date.now() > end) {
        throw await failure(
          managers,
          name,
          `not done within ${options.deadlineSeconds} s: ${progress.detail}; running again goes on from there`,
          progress.tasks[0],
        );
      }
    }
    await sleep(pollMs);
  }
}

/** What is kept from one look to the next. */
interface Memory {
  /** Tasks by id, with failed ones that the engine has forgotten. */
  readonly tasks: Map<string, EngineTask>;
  /** Tasks of an older service that had ended when it was looked at first. */
  past: ReadonlySet<string> | undefined;
}

/** One look at the service. */
async function look(
  managers: readonly HostAccess[],
  id: string,
  after: ConvergenceOptions["after"],
  memory: Memory,
): Promise<Look> {
  const [service, tasks, nodes] = await patiently(managers, electionSeconds, (docker) =>
    Promise.all([
      docker.getService(id).inspect() as Promise<ServiceInspection>,
      listServiceTasks(docker, id),
      docker.listNodes() as Promise<unknown> as Promise<EngineNode[]>,
    ]),
  );
  const listed = new Set(tasks.map(({ ID }) => ID));
  for (const task of memory.tasks.values()) {
    if (!listed.has(task.ID) && !hasEnded(task)) {
      memory.tasks.delete(task.ID);
    }
  }
  for (const task of tasks) {
    memory.tasks.set(task.ID, task);
  }
  memory.past ??= new Set(after === "creation" ? [] : tasks.filter(hasEnded).map(({ ID }) => ID));
  const progress = serviceProgress(service, [...memory.tasks.values()], nodes, {
    updated: after === "change",
    past: memory.past,
    same: sameValue,
  });
  return {
    name: service.Spec.Name,
    progress,
    heldUp: waitsForLostHost(service, tasks, nodes),
    state: tasks
      .map(({ ID, DesiredState, Status }) => `${ID} ${DesiredState} ${Status.State}`)
      .sort()
      .join(),
  };
}

/** The error for a service that does not run, with the failing task's own words. */
async function failure(
  managers: readonly HostAccess[],
  name: string,
  detail: string,
  task: EngineTask | undefined,
): Promise<Error> {
  const report =
    task === undefined
      ? "No task of it has failed so far."
      : await withAnyManager(managers, (docker) => reportTask(docker, task, managers), {
          deadlineSeconds: 20,
        }).catch((error: unknown) =>
          isTransportError(error) ? `What its tasks say could not be read: ${error.message}` : "",
        );
  return new Error(`The service '${name}' does not run as wanted: ${detail}.\n${report}`);
}
