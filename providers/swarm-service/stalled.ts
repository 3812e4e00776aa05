import { type Stall } from "../../model/service/rollout-stall";
import type { EngineTask } from "../../model/engine-api/task";
import { reportWarning } from "../progress/progress-line";
import { sleep } from "../transport/deadline";
import type { HostAccess } from "../transport/host-access";
import { withAnyManager } from "../transport/manager";
import { setExcludedNodes, listServiceTasks, forceUpdate, restartRollout } from "./client";

/**
 * For how long nothing may have moved until something is done about a stall, milliseconds. A port
 * that nobody serves cannot wait; a host with room may be found as soon as something else ends.
 */
const stallMs: Readonly<Record<Stall["kind"], number>> = {
  "lost-host": 4000,
  held: 1500,
  doubled: 4000,
  surplus: 4000,
  "no-place": 25_000,
};

/**
 * Since when the tasks of a service have been as they are: texts of {@link stateOf}, with the time
 * of the first look.
 */
export type TaskStates = Map<string, number>;

/** Takes note of how all tasks of a service are. */
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
 * Whether a stall is to be taken for one. The hosts where one task waits for another have nothing
 * to do with what goes on elsewhere; else nothing at all may have moved.
 */
export function isStalled(states: TaskStates, { kind, tasks }: Stall): boolean {
  const times = tasks.map((task) => states.get(stateOf(task)) ?? Date.now());
  const since = kind === "held" ? Math.max(...times) : unchangedSince(states);
  return Date.now() - since > stallMs[kind];
}

/** How a task is, in a text that changes when it moves. */
function stateOf({ ID, DesiredState, Status }: EngineTask): string {
  return `${ID} ${DesiredState} ${Status.State}`;
}

/** After so many attempts to begin a roll-out anew, its tasks are made anew. */
const gentleAttempts = 1;

/**
 * Unblocks a service that cannot move by itself, and reports it.
 *
 * @param attempt which one it is of this kind, from 1
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
        `the service '${name}': the next task${where} waited for one that had never been started and could not end. ` +
          "The Swarm was told to make a new one there at once.",
      );
      return;
    case "surplus":
      await withAnyManager(managers, (docker) => restartRollout(docker, id));
      reportWarning(
        `the service '${name}': more tasks of it run${where} than are wanted. The Swarm has passed one over when it scaled the service ` +
          "down, and was told to look again.",
      );
      return;
    case "doubled":
      await withAnyManager(managers, (docker) =>
        attempt > gentleAttempts ? forceUpdate(docker, id) : restartRollout(docker, id),
      );
      reportWarning(
        `the service '${name}': its roll-out could not move, for the Swarm wanted two tasks in one place${where}, ` +
          `and one held what the other one needs. ${attempt > gentleAttempts ? "All its tasks are made anew" : "The roll-out was begun anew"}.`,
      );
  }
}

/**
 * How long the task that has the place may take to let it go, milliseconds: it was never started.
 */
const releaseMs = 10_000;
const pollMs = 200;

/**
 * Lets hosts make a new task that waits for nothing: the service is kept off them until what is
 * there has gone, and let in again. Whatever happens meanwhile, it is let in again.
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
