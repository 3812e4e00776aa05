import { hasEnded } from "../../model/service/health";
import { mayRun } from "../../model/swarm/node-state";
import { type Stall, stallOf } from "../../model/service/rollout-stall";
import { rolledBack, serviceProgress, type ServiceProgress } from "../../model/service/progress";
import type { EngineNode } from "../../model/engine-api/node";
import type { EngineTask } from "../../model/engine-api/task";
import { progressReporter } from "../progress/progress-line";
import { sleep } from "../transport/deadline";
import type { HostAccess } from "../transport/host-access";
import { retryWhileLeaderless } from "../transport/retry-while-leaderless";
import { listServiceTasks, type ServiceInspection } from "./client";
import { failureReasons } from "./failure-reasons";
import { unblockService, isStalled, noteStates, unchangedSince, type TaskStates } from "./stalled";

/** A service as it is now. */
interface Look {
  readonly name: string;
  readonly progress: ServiceProgress;
  /** Whether the engine takes the change back. */
  readonly turnedBack: boolean;
  /** What keeps it from moving. */
  readonly stall: Stall | undefined;
}

/** How convergence is awaited. */
export interface ConvergenceOptions {
  readonly deadlineSeconds: number;
  /**
   * Whether the service is new, was changed just now, so that the engine rolls an update out, or is
   * as it was.
   */
  readonly after: "creation" | "change" | "nothing";
  /**
   * Ids of the tasks that there were before the change. Default: those that have ended by the first
   * look.
   */
  readonly before: ReadonlySet<string> | undefined;
  /**
   * How long all tasks have to run before a new service counts as running, seconds. An update is
   * watched by the engine.
   */
  readonly stableSeconds: number;
}

const pollMs = 250;
/**
 * How long the Swarm may be without a leader while a change is rolled out, seconds: two rounds of
 * an election, and more.
 */
const electionSeconds = 60;
/**
 * An engine begins to roll out a change within this time; before that, the old tasks look like the
 * result.
 */
const rolloutStartMs = 1000;
/**
 * A roll-back in which nothing has moved for so long is not waited for: the engine's own waiting
 * for a task ends after 60 s.
 */
const rollbackStillMs = 75_000;
/** A service is got going so often, for each reason. */
const unblockAttempts = 4;

/**
 * Waits until a service runs as wanted. Each look is a call of its own, through any manager: the
 * one that was asked first may be lost meanwhile. Work that takes long says what it is at; why a
 * task failed is said as soon as it is known, though the engine may go on for a while, to try again
 * or to take the change back.
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
  const seen: Memory = { tasks: new Map(), past: options.before, states: new Map() };
  const reasons = failureReasons(managers);
  const report = progressReporter();
  let stableSince: number | undefined;
  let rolloutSince = options.after === "change" ? begin : 0;
  let wasTurnedBack = false;
  const attempts = new Map<Stall["kind"], number>();
  for (;;) {
    const { name, progress, turnedBack, stall } = await look(managers, id, options.after, seen);
    wasTurnedBack ||= turnedBack && options.after === "change";
    const [culprit] = progress.kind === "converged" ? [] : progress.tasks;
    const failure = async (detail: string): Promise<Error> =>
      new Error(
        `The service '${name}' did not converge: ${detail}.\n${await reasons.text(culprit)}`,
      );
    if (progress.kind === "failed") {
      throw await failure(progress.detail);
    }
    if (progress.kind === "converged") {
      if (wasTurnedBack) throw await failure(`${rolledBack}; all tasks run the old release`);
      stableSince ??= Date.now();
      const settled = Date.now() - rolloutSince >= rolloutStartMs;
      if (settled && Date.now() - stableSince >= options.stableSeconds * 1000) {
        return;
      }
      if (options.stableSeconds > 0) report(`${name}: all tasks run, and are watched for a while`);
    } else {
      stableSince = undefined;
      await reasons.tell(name, culprit, wasTurnedBack);
      report(`${name}: ${progress.detail}`);
      const still = Math.max(begin, unchangedSince(seen.states));
      const stalled = stall !== undefined && isStalled(seen.states, stall) ? stall : undefined;
      const prefix = wasTurnedBack ? "the update failed, and the roll-back did not end: " : "";
      if (
        stalled?.kind === "no-place" &&
        !(stalled.waitsForPort && (await isAnyStopping(managers)))
      ) {
        throw await failure(`${prefix}no server can take a task of it: ${stalled.reason}`);
      }
      const stuck = stalled?.kind === "no-place" ? undefined : stalled;
      const attempt = stuck === undefined ? 0 : (attempts.get(stuck.kind) ?? 0) + 1;
      if (stuck !== undefined && attempt <= unblockAttempts) {
        attempts.set(stuck.kind, attempt);
        await unblockService(managers, { id, name }, stuck, attempt);
        rolloutSince = Date.now();
        // What was done has its time to show.
        for (const state of seen.states.keys()) seen.states.set(state, rolloutSince);
      } else if (Date.now() > end || (wasTurnedBack && Date.now() - still > rollbackStillMs)) {
        throw await failure(
          `${prefix}not done within ${Math.round((Date.now() - begin) / 1000)} s: ${progress.detail}; ` +
            (wasTurnedBack
              ? "mend the release, then run again"
              : "running again goes on from there"),
        );
      }
    }
    await sleep(pollMs);
  }
}

/**
 * Whether tasks of any service are still stopping on hosts that can stop them: what they hold is
 * about to be free.
 */
async function isAnyStopping(managers: readonly HostAccess[]): Promise<boolean> {
  return await retryWhileLeaderless(managers, electionSeconds, async (docker) => {
    const [tasks, nodes] = await Promise.all([
      docker.listTasks() as Promise<EngineTask[]>,
      docker.listNodes() as Promise<unknown> as Promise<EngineNode[]>,
    ]);
    const alive = new Set(nodes.filter(mayRun).map(({ ID }) => ID));
    return tasks.some(
      ({ NodeID = "", DesiredState, Status }) =>
        ["shutdown", "remove"].includes(DesiredState) &&
        Status.State === "running" &&
        alive.has(NodeID),
    );
  });
}

/** What is kept from one look to the next. */
interface Memory {
  /** Tasks by id, with failed ones that the engine has forgotten. */
  readonly tasks: Map<string, EngineTask>;
  /** Tasks from before: how they end says nothing about what is wanted now. */
  past: ReadonlySet<string> | undefined;
  /** Since when tasks have been as they are. */
  readonly states: TaskStates;
}

/** One look at the service. */
async function look(
  managers: readonly HostAccess[],
  id: string,
  after: ConvergenceOptions["after"],
  memory: Memory,
): Promise<Look> {
  const [service, tasks, nodes] = await retryWhileLeaderless(managers, electionSeconds, (docker) =>
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
  noteStates(memory.states, tasks);
  memory.past ??= new Set(after === "creation" ? [] : tasks.filter(hasEnded).map(({ ID }) => ID));
  const progress = serviceProgress(service, [...memory.tasks.values()], nodes, {
    updated: after === "change",
    past: memory.past,
  });
  return {
    name: service.Spec.Name,
    progress,
    turnedBack: service.UpdateStatus?.State?.startsWith("rollback") === true,
    stall: stallOf(service, tasks, nodes),
  };
}
