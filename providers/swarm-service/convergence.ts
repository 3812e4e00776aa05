import {
  type EngineNode,
  type EngineTask,
  failuresOf,
  serviceProgress,
  type ServiceProgress,
  waitsForLostHost,
} from "../../model/service-progress";
import { sameValue } from "../dynamic";
import { sleep } from "../transport/deadline";
import { askAgain } from "../transport/again";
import { isTransportError } from "../transport/errors";
import type { HostAccess } from "../transport/host-access";
import { withAnyManager } from "../transport/manager";
import { restartRollout, type ServiceInspection } from "./client";
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
  /** Whether the service was changed just now, so that the engine rolls an update out. */
  readonly updated: boolean;
  /** How long all tasks have to run before a new service counts as running, seconds. An update is watched by the engine. */
  readonly stableSeconds: number;
}

const pollMs = 250;
/** An engine begins to roll out a change within this time; before that, the old tasks look like the result. */
const rolloutStartMs = 1000;
/** A roll-out that waits for a lost host is begun anew after it has not moved for this long. */
const heldUpMs = 4000;

/**
 * Waits until a service runs as wanted. Each look is a call of its own, through any manager: the one that was asked first
 * may be lost meanwhile.
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
  const seen = new Map<string, EngineTask>();
  let stableSince: number | undefined;
  let moved = { state: "", at: begin };
  for (;;) {
    const { name, progress, heldUp, state } = await look(managers, id, options.updated, seen);
    if (state !== moved.state) {
      moved = { state, at: Date.now() };
    } else if (heldUp && Date.now() - moved.at > heldUpMs) {
      await withAnyManager(managers, (docker) => restartRollout(docker, id));
      moved = { state, at: Date.now() };
    }
    if (progress.kind === "failed") {
      throw await failure(managers, name, progress.detail, progress.tasks[0]);
    }
    if (progress.kind === "converged") {
      stableSince ??= Date.now();
      const settled = Date.now() - begin >= (options.updated ? rolloutStartMs : 0);
      if (settled && Date.now() - stableSince >= options.stableSeconds * 1000) {
        return;
      }
    } else {
      stableSince = undefined;
      if (Date.now() > end) {
        throw await failure(
          managers,
          name,
          `not done within ${options.deadlineSeconds} s: ${progress.detail}`,
          failuresOf([...seen.values()])[0],
        );
      }
    }
    await sleep(pollMs);
  }
}

/** One look at the service. `seen` keeps failed tasks, for the engine forgets them soon. */
async function look(
  managers: readonly HostAccess[],
  id: string,
  updated: boolean,
  seen: Map<string, EngineTask>,
): Promise<Look> {
  const [service, tasks, nodes] = await askAgain(30, (deadlineSeconds) =>
    withAnyManager(
      managers,
      (docker) =>
        Promise.all([
          docker.getService(id).inspect() as Promise<ServiceInspection>,
          docker.listTasks({ filters: JSON.stringify({ service: [id] }) }) as Promise<EngineTask[]>,
          docker.listNodes() as Promise<unknown> as Promise<EngineNode[]>,
        ]),
      { deadlineSeconds: Math.max(deadlineSeconds, 10), repeatable: true },
    ),
  );
  const listed = new Set(tasks.map(({ ID }) => ID));
  for (const task of seen.values()) {
    if (!listed.has(task.ID) && failuresOf([task]).length === 0) {
      seen.delete(task.ID);
    }
  }
  for (const task of tasks) {
    seen.set(task.ID, task);
  }
  const progress = serviceProgress(service, [...seen.values()], nodes, updated, sameValue);
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
      : await withAnyManager(managers, (docker) => reportTask(docker, task), {
          deadlineSeconds: 20,
        }).catch((error: unknown) =>
          isTransportError(error) ? `What its tasks say could not be read: ${error.message}` : "",
        );
  return new Error(`The service '${name}' does not run as wanted: ${detail}.\n${report}`);
}
