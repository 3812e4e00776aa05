import type { EngineService } from "../../model/engine-api/service";
import type { EngineTask } from "../../model/engine-api/task";
import { lackingTasks } from "../../model/swarm/redundancy";
import { progressReporter } from "../progress/progress-line";
import { sleep } from "../transport/deadline";
import type { HostAccess } from "../transport/host-access";
import { withAnyManager } from "../transport/manager";
import { converge, noteLines } from "./converge";
import type { SwarmClusterInputs } from "./membership";
import { observeSwarm } from "./observe";

/** The Swarm of a server that was away. The incarnations of its members do not count here. */
export type SwarmOfServer = Omit<SwarmClusterInputs, "revision">;

/** Longest wait for the tasks of all services, seconds: images are pulled meanwhile. */
const tasksSeconds = 600;
/** Time between two looks, milliseconds. */
const pauseMs = 3000;
/** Looks without a lacking task, one after the other: at the first one, tasks may not exist yet. */
const goodLooks = 2;
/** Limit for one look, seconds: enough for an election. */
const lookSeconds = 60;

/**
 * Brings a server that was away back: it joins the Swarm again if it has lost its membership, and
 * then all services have all their tasks. Until then no other server may go away. Does nothing
 * where there is no Swarm.
 *
 * @throws Error when the Swarm has no quorum, the server cannot join, or tasks still lack
 */
export async function returnToSwarm(name: string, swarm: SwarmOfServer): Promise<void> {
  const hosts = swarm.members.map(({ access }) => access);
  const seen = await observeSwarm(hosts);
  // A server that does not answer may be in a Swarm: only when all answer is there none.
  const isNowhere = Object.values(seen.hosts).every(({ state }) => state === "inactive");
  if (seen.view === undefined && isNowhere) return;
  const converged = await converge({ ...swarm, revision: "" }, [], () => undefined);
  if (converged.absent.includes(name)) {
    throw new Error(
      `${name} is not back in the Swarm, and no other server is touched:\n` +
        noteLines(converged.notes.filter(({ host }) => host === name)),
    );
  }
  await untilRedundant(name, hosts);
}

async function untilRedundant(name: string, managers: readonly HostAccess[]): Promise<void> {
  const say = progressReporter();
  const end = Date.now() + tasksSeconds * 1000;
  for (let good = 0; good < goodLooks;) {
    const lacking = await lackingNow(managers);
    good = lacking.length === 0 ? good + 1 : 0;
    if (good === goodLooks) return;
    if (Date.now() > end) {
      throw new Error(
        `${name} is back in the Swarm, but after ${tasksSeconds} s tasks still lack: ${lacking.join(", ")}. ` +
          "No other server is touched meanwhile. `npx hive status` says why they do not run; mend that, and run again.",
      );
    }
    if (lacking.length > 0) say(`${name} is back; waiting for tasks: ${lacking.join(", ")}`);
    await sleep(pauseMs);
  }
}

async function lackingNow(managers: readonly HostAccess[]): Promise<readonly string[]> {
  return await withAnyManager(
    managers,
    async (docker) => {
      const [services, tasks] = await Promise.all([docker.listServices(), docker.listTasks()]);
      return lackingTasks(services as unknown as EngineService[], tasks as EngineTask[]);
    },
    { deadlineSeconds: lookSeconds, repeatable: true },
  );
}
