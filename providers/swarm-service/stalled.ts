import { type Stall } from "../../model/service/rollout-stall";
import type { EngineTask } from "../../model/engine-api/task";
import { reportWarning } from "../progress/progress-line";
import { sleep } from "../transport/deadline";
import type { HostAccess } from "../transport/host-access";
import { withAnyManager } from "../transport/manager";
import { setExcludedNodes, listServiceTasks, forceUpdate, restartRollout } from "./client";

/**
 * How long nothing must have moved before hive acts on a stall, milliseconds. A port that nobody
 * serves cannot wait; a host with room may appear as soon as something else ends.
 */
const stallMs: Readonly<Record<Stall["kind"], number>> = {
  "lost-host": 4000,
  held: 1500,
  doubled: 4000,
  surplus: 4000,
  "no-place": 25_000,
};

/**
 * Since when the tasks of a service have been in their present state: texts of {@link stateOf},
 * with the time of the first look.
 */
export type TaskStates = Map<string, number>;

/** Records the state of all tasks of a service. */
export function noteStates(states: TaskStates, tasks: readonly EngineTask[]): void {
  const now = tasks.map(stateOf);
  for (const state of [...states.keys()]) {
    if (!now.includes(state)) states.delete(state);
  }
  for (const state of now) {
    if (!states.has(state)) states.set(state, Date.now());
  }
}

/** Since when no task has moved, milliseconds since 1970. */
export function unchangedSince(states: TaskStates): number {
  return Math.max(0, ...states.values());
}

/**
 * Whether a stall is real. When one task waits for another, only its hosts matter; for other stalls
 * no task at all may have moved.
 */
export function isStalled(states: TaskStates, { kind, tasks }: Stall): boolean {
  const times = tasks.map((task) => states.get(stateOf(task)) ?? Date.now());
  const since = kind === "held" ? Math.max(...times) : unchangedSince(states);
  return Date.now() - since > stallMs[kind];
}

/** The state of a task, as a text that changes when the task moves. */
function stateOf({ ID, DesiredState, Status }: EngineTask): string {
  return `${ID} ${DesiredState} ${Status.State}`;
}

/** After so many attempts to restart a roll-out, its tasks are recreated. */
const gentleAttempts = 1;

/**
 * Helps a stalled service, and reports it.
 *
 * @param attempt number of the attempt for this reason, from 1
 */
export async function unblockService(
  managers: readonly HostAccess[],
  service: { readonly id: string; readonly name: string },
  stall: Exclude<Stall, { kind: "no-place" }>,
  attempt: number,
): Promise<void> {
  const { id, name } = service;
  const where = stall.hosts.length === 0 ? "" : ` on ${stall.hosts.join(", ")}`;
  switch (stall.kind) {
    case "lost-host":
      await withAnyManager(managers, (docker) => restartRollout(docker, id));
      return;
    case "held":
      await freePlaces(managers, id, stall);
      reportWarning(
        `the service '${name}': the next task${where} waited for a task that never started and could not end. ` +
          "hive made the Swarm create a new one there at once.",
      );
      return;
    case "surplus":
      await withAnyManager(managers, (docker) => restartRollout(docker, id));
      reportWarning(
        `the service '${name}': more of its tasks run${where} than are wanted. The Swarm skipped one when it scaled the service ` +
          "down; hive made it check again.",
      );
      return;
    case "doubled":
      await withAnyManager(managers, (docker) =>
        attempt > gentleAttempts ? forceUpdate(docker, id) : restartRollout(docker, id),
      );
      reportWarning(
        `the service '${name}': its roll-out was stuck, because the Swarm wanted two tasks in one place${where}, ` +
          `and one held what the other needs. ${attempt > gentleAttempts ? "hive recreates all its tasks" : "hive restarted the roll-out"}.`,
      );
  }
}

/**
 * How long the task that holds the place may take to release it, milliseconds: it never started.
 */
const releaseMs = 10_000;
const pollMs = 200;

/**
 * Makes hosts create a new task that waits for nothing: the service is excluded from them until its
 * present tasks are gone, and then admitted again. It is admitted again even after an error.
 */
async function freePlaces(
  managers: readonly HostAccess[],
  id: string,
  { nodes, tasks }: Extract<Stall, { kind: "held" }>,
): Promise<void> {
  const ids = tasks.map(({ ID }) => ID);
  try {
    await withAnyManager(managers, (docker) => setExcludedNodes(docker, id, nodes, true));
    const end = Date.now() + releaseMs;
    let left: readonly EngineTask[] = tasks;
    while (left.length > 0 && Date.now() < end) {
      await sleep(pollMs);
      const now = await withAnyManager(managers, (docker) => listServiceTasks(docker, id));
      left = now.filter(({ ID, Status }) => ids.includes(ID) && Status.State !== "shutdown");
    }
  } finally {
    await withAnyManager(managers, (docker) => setExcludedNodes(docker, id, nodes, false));
  }
}
