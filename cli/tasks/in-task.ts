import type Dockerode from "dockerode";
import { withDeadline } from "../../providers/transport/deadline";
import { engineStatus, withEngine } from "../../providers/transport/engine";
import { isTransportError, messageOf, transportError } from "../../providers/transport/errors";
import type { HostAccess } from "../../providers/transport/host-access";
import { askSwarm, shortName } from "../swarm/facts";
import {
  chooseTasks,
  placeOf,
  type RunningTask,
  runningTasks,
  serviceNamed,
  type TaskRequest,
} from "./running-tasks";

/** The container of a task. */
export interface TaskContainer {
  readonly task: RunningTask;
  readonly docker: Dockerode;
  readonly container: Dockerode.Container;
}

/**
 * How long the managers may take to find a task, seconds: enough for two rounds of an election.
 */
const searchSeconds = 60;
/** How long a host may take to accept the login and to show the container, seconds. */
const arriveSeconds = 8;

/**
 * Finds a running task of a service through any healthy manager and runs `use` with its container,
 * on any host, without a deadline. If several tasks match, it skips hosts that do not answer.
 *
 * @param hosts the cluster hosts, in index order
 * @param say reports a skipped host
 * @throws Failure when there is no such service or task; TransportError when its host cannot be
 *   reached
 */
export async function inTask<T>(
  hosts: readonly HostAccess[],
  request: TaskRequest,
  use: (place: TaskContainer) => Promise<T>,
  say: (text: string) => void,
): Promise<T> {
  const facts = await askSwarm(hosts, searchSeconds);
  const tasks = runningTasks(facts, serviceNamed(facts.services, request.service));
  const candidates = chooseTasks(tasks, request, hosts);
  const last = candidates.at(-1);
  for (const task of candidates) {
    let arrived = false;
    try {
      return await withEngine(
        accessOf(hosts, task),
        async (docker) => {
          const container = docker.getContainer(task.containerId);
          await withDeadline(
            arriveSeconds,
            () => tooSlow(task),
            () => container.inspect(),
          );
          arrived = true;
          return await use({ task, docker, container });
        },
        { deadlineSeconds: Infinity, dialSeconds: arriveSeconds / 2 },
      );
    } catch (error) {
      const passable = isTransportError(error) || engineStatus(error) === 404;
      if (arrived || !passable || task === last) throw error;
      say(`${placeOf(task)} cannot be used; hive takes another task: ${messageOf(error)}`);
    }
  }
  throw new Error("chooseTasks returned no task.");
}

function accessOf(hosts: readonly HostAccess[], task: RunningTask): HostAccess {
  const access = hosts.find(({ name }) => name === task.host);
  if (access !== undefined) return access;
  throw transportError(
    "unreachable",
    task.host,
    `${placeOf(task)}: the stage's outputs do not say how to reach ${shortName(task.host)}. \`npx hive up\` writes them again.`,
  );
}

function tooSlow(task: RunningTask): Error {
  return transportError(
    "deadline",
    task.host,
    `The Docker Engine of ${task.host} timed out after ${arriveSeconds} s and did not show the container of ${task.name}.`,
  );
}
