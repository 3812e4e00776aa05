import type Dockerode from "dockerode";

import { mayRun } from "../../model/swarm/node-state";
import type { EngineNode } from "../../model/engine-api/node";
import type { EngineTask } from "../../model/engine-api/task";
import { hasEnded } from "../../model/service/health";
import { sleep } from "../transport/deadline";
import { engineStatus, withEngine } from "../transport/engine";
import { isPassing, isTransportError } from "../transport/errors";
import type { HostAccess } from "../transport/host-access";
import { withAnyManager } from "../transport/manager";
import { runCommand } from "../transport/command";

/** Time for one host to remove containers, seconds. */
const cleaningSeconds = 15;

/** How long one attempt looks for a manager, seconds: through two rounds of an election. */
const searchSeconds = 60;
/** How long a removal is repeated while the Swarm does not answer, seconds. */
const retrySeconds = 60;
const pauseMs = 1000;
/** Time for a host to answer, seconds. */
const dialSeconds = 5;

/**
 * Removes a service and waits until its tasks are gone, so that their ports and volumes are free.
 * May be repeated.
 *
 * @param waitSeconds how long to wait for the tasks, except those on hosts that the Swarm reports
 *   as lost
 * @throws TransportError if no manager can be asked
 */
export async function removeService(
  managers: readonly HostAccess[],
  id: string,
  waitSeconds: number,
): Promise<void> {
  const hasJobTasks = await withAnyManager(
    managers,
    (docker) => removeAndWait(docker, id, waitSeconds),
    { deadlineSeconds: waitSeconds + searchSeconds, repeatable: true },
  );
  if (!hasJobTasks) return;
  // Ended tasks of a job stay for ever, and so their volumes stay in use (Docker Engine 20.10).
  await Promise.all(
    managers.map((host) =>
      withEngine(host, (docker) => removeContainers(docker, id), {
        deadlineSeconds: cleaningSeconds,
        dialSeconds: 3,
      }).catch((error: unknown) => {
        // Containers on a lost host go with it.
        if (!isTransportError(error)) throw error;
      }),
    ),
  );
}

/**
 * Like {@link removeService}, but tries again while the Swarm elects a leader or a connection is
 * lost. When no host is reachable at all, there is nothing to wait for.
 *
 * @throws TransportError `manager` if no usable manager is found in time; others as the last
 *   attempt threw them
 */
export async function removeWithRetries(
  managers: readonly HostAccess[],
  id: string,
  waitSeconds: number,
): Promise<void> {
  const end = Date.now() + retrySeconds * 1000;
  for (;;) {
    try {
      await removeService(managers, id, waitSeconds);
      return;
    } catch (error) {
      if (!isPassing(error) || Date.now() + pauseMs > end) throw error;
      if (isTransportError(error, "manager") && !(await isAnyThere(managers))) throw error;
    }
    await sleep(pauseMs);
  }
}

/** Whether any of the hosts accepts our login. */
async function isAnyThere(hosts: readonly HostAccess[]): Promise<boolean> {
  const answers = hosts.map((host) =>
    runCommand(host, "true", { deadlineSeconds: dialSeconds, dialSeconds }),
  );
  return await Promise.any(answers).then(
    () => true,
    () => false,
  );
}

/** @returns whether ended tasks of a job are left */
async function removeAndWait(docker: Dockerode, id: string, waitSeconds: number): Promise<boolean> {
  try {
    await docker.getService(id).remove();
  } catch (error) {
    if (engineStatus(error) !== 404) {
      throw error;
    }
  }
  const end = Date.now() + waitSeconds * 1000;
  for (;;) {
    // The removed service can no longer be used as a filter; its tasks exist until they have
    // stopped.
    const [all, nodes] = await Promise.all([
      docker.listTasks() as Promise<EngineTask[]>,
      docker.listNodes() as Promise<unknown> as Promise<EngineNode[]>,
    ]);
    const tasks = all.filter(({ ServiceID }) => ServiceID === id);
    const alive = nodes.filter(mayRun).map(({ ID }) => ID);
    const left = tasks.filter(
      (task) => alive.includes(task.NodeID ?? "") && !(isOfJob(task) && hasEnded(task)),
    );
    if (left.length === 0 || Date.now() > end) {
      return tasks.some(isOfJob);
    }
    await sleep(200);
  }
}

function isOfJob({ JobIteration }: EngineTask): boolean {
  return JobIteration !== undefined;
}

/** Removes the stopped containers of a service from one host. */
async function removeContainers(docker: Dockerode, id: string): Promise<void> {
  const containers = await docker.listContainers({
    all: true,
    filters: JSON.stringify({
      label: [`com.docker.swarm.service.id=${id}`],
      status: ["exited", "dead", "created"],
    }),
  });
  await Promise.all(
    containers.map(({ Id }) =>
      docker
        .getContainer(Id)
        .remove()
        .catch((error: unknown) => {
          // Gone, or being removed by its Docker Engine.
          const status = engineStatus(error);
          if (status !== 404 && status !== 409) throw error;
        }),
    ),
  );
}
