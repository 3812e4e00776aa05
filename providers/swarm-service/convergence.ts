import { hasEnded } from "../../model/service/health";
import { mayRun } from "../../model/swarm/node-state";
import { type Stall, stallOf } from "../../model/service/rollout-stall";
import {
  rolledBackText,
  serviceProgress,
  type ServiceProgress,
} from "../../model/service/progress";
import type { EngineNode } from "../../model/engine-api/node";
import type { EngineTask } from "../../model/engine-api/task";
import { progressReporter } from "../progress/progress-line";
import { sleep } from "../transport/deadline";
import type { HostAccess } from "../transport/host-access";
import { retryWhileLeaderless } from "../transport/retry-while-leaderless";
import { listServiceTasks, type ServiceInspection } from "./client";
import { failureReasons } from "./failure-reasons";
import { unblockService, isStalled, noteStates, unchangedSince, type TaskStates } from "./stalled";

/** The present state of a service. */
interface Look {
  readonly service: ServiceInspection;
  readonly progress: ServiceProgress;
  /** Whether the Docker Engine is rolling the change back. */
  readonly turnedBack: boolean;
  /** The reason why it does not move. */
  readonly stall: Stall | undefined;
}

/** How to wait for convergence. */
export interface ConvergenceOptions {
  readonly deadlineSeconds: number;
  /**
   * Whether the service is new, was just changed, so that the Docker Engine rolls out an update, or
   * is unchanged.
   */
  readonly after: "creation" | "change" | "nothing";
  /**
   * Ids of the tasks before the change. Default: those that have ended by the first look.
   */
  readonly before: ReadonlySet<string> | undefined;
  /**
   * How long all tasks have to run before a new service counts as running, seconds. An update is
   * monitored by the Docker Engine.
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
 * The Docker Engine starts to roll out a change within this time; before that, the old tasks look
 * like the result.
 */
const rolloutStartMs = 1000;
/**
 * The wait for a roll-back ends when nothing has moved for this long: the Docker Engine itself
 * waits for a task at most 60 s.
 */
const rollbackStillMs = 75_000;
/** How often a stalled service is helped, for each reason. */
const unblockAttempts = 4;

/**
 * Waits until a service has converged. Each look is a call of its own, through any manager: the
 * first one may be lost meanwhile. Long work reports its progress. The reason for a failed task is
 * reported as soon as it is known, though the Docker Engine may go on for a while, to try again or
 * to roll back.
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
    const { service, progress, turnedBack, stall } = await look(managers, id, options.after, seen);
    const { Name: name } = service.Spec;
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
      if (wasTurnedBack) throw await failure(rolledBackText(service));
      stableSince ??= Date.now();
      const settled = Date.now() - rolloutSince >= rolloutStartMs;
      if (settled && Date.now() - stableSince >= options.stableSeconds * 1000) {
        return;
      }
      if (options.stableSeconds > 0)
        report(`${name}: all tasks run, and are monitored for a while`);
    } else {
      stableSince = undefined;
      await reasons.tell(name, culprit, wasTurnedBack);
      report(`${name}: ${progress.detail}`);
      const still = Math.max(begin, unchangedSince(seen.states));
      const stalled = stall !== undefined && isStalled(seen.states, stall) ? stall : undefined;
      const prefix = wasTurnedBack ? "the update failed, and the roll-back did not finish: " : "";
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
        // The action needs some time to take effect.
        for (const state of seen.states.keys()) seen.states.set(state, rolloutSince);
      } else if (Date.now() > end || (wasTurnedBack && Date.now() - still > rollbackStillMs)) {
        throw await failure(
          `${prefix}not done within ${Math.round((Date.now() - begin) / 1000)} s: ${progress.detail}; ` +
            (wasTurnedBack ? "fix the release, then run again" : "run again to continue"),
        );
      }
    }
    await sleep(pollMs);
  }
}

/**
 * Whether tasks of any service are still stopping on reachable hosts: their ports and volumes are
 * about to become free.
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

/** Facts that are kept from one look to the next. */
interface Memory {
  /** Tasks by id, including failed ones that the Docker Engine has forgotten. */
  readonly tasks: Map<string, EngineTask>;
  /** Tasks from before the change: how they end says nothing about the wanted service. */
  past: ReadonlySet<string> | undefined;
  /** Since when tasks have been in their present state. */
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
    service,
    progress,
    turnedBack: service.UpdateStatus?.State?.startsWith("rollback") === true,
    stall: stallOf(service, tasks, nodes),
  };
}
