import { taskError } from "../../model/service/task-error";
import { engineTime } from "../../model/values/engine-time";
import type { EngineNode } from "../../model/engine-api/node";
import type { EngineTask } from "../../model/engine-api/task";
import { sleep } from "../transport/deadline";
import { engineStatus } from "../transport/engine";
import { isTransportError } from "../transport/errors";
import type { HostAccess } from "../transport/host-access";
import { retryWhileLeaderless } from "../transport/retry-while-leaderless";

/** A container in which a step can run. */
export interface RunningTask {
  readonly host: HostAccess;
  readonly containerId: string;
}

const pollMs = 500;
/** How long the Swarm may be without a leader, seconds. */
const electionSeconds = 90;

/**
 * Waits for a running task of a service (a healthy one, if there is a health check) on a host that
 * answers the Swarm. Of several tasks it takes the newest: after an update that is one of the new
 * version.
 *
 * @param seconds how long to wait
 * @param onWait is called when none runs at once
 * @throws Error when none runs in time, with the states of the tasks; or when its host is not among
 *   `hosts`
 */
export async function findRunningTask(
  hosts: readonly HostAccess[],
  service: string,
  serviceId: string,
  seconds: number,
  onWait: () => void,
): Promise<RunningTask> {
  const end = Date.now() + seconds * 1000;
  for (let looks = 0; ; looks++) {
    const { tasks, nodes } = await lookAt(hosts, service, serviceId);
    const ready = new Map(
      nodes
        .filter(({ Status }) => Status.State === "ready")
        .map(({ ID, Description }) => [ID, Description.Hostname]),
    );
    const [task] = tasks
      .filter(
        ({ NodeID, DesiredState, Status }) =>
          DesiredState === "running" && Status.State === "running" && ready.has(NodeID ?? ""),
      )
      .sort((left, right) => engineTime(right.CreatedAt) - engineTime(left.CreatedAt));
    const containerId = task?.Status.ContainerStatus?.ContainerID ?? "";
    if (task !== undefined && containerId !== "") {
      const node = ready.get(task.NodeID ?? "");
      const host = hosts.find(({ name }) => name === node);
      if (host !== undefined) return { host, containerId };
      throw new Error(
        `The service '${service}' runs on ${node}, which is not among the hosts of the site ` +
          `(${hosts.map(({ name }) => name).join(", ")}): its steps cannot run there. ` +
          "Does the node's host name differ from the server's name? Check with: docker node ls",
      );
    }
    if (looks === 0) onWait();
    if (Date.now() > end) {
      const all = tasks.map(({ Status, NodeID }) =>
        [Status.State, ready.get(NodeID ?? "") ?? "no host", taskError(Status.Err ?? "")]
          .join(" ")
          .trim(),
      );
      // Tasks that failed one after another often say the same.
      const states = [...new Set(all)];
      throw new Error(
        `The service '${service}' has had no running task for ${seconds} s ` +
          `(${states.length === 0 ? "it has no task at all" : states.join("; ")}), ` +
          "so its initial data cannot be loaded. Look for the reason with: npx hive logs " +
          `${service}; then run again.`,
      );
    }
    await sleep(pollMs);
  }
}

async function lookAt(
  managers: readonly HostAccess[],
  service: string,
  serviceId: string,
): Promise<{ tasks: EngineTask[]; nodes: EngineNode[] }> {
  try {
    return await retryWhileLeaderless(managers, electionSeconds, async (docker) => {
      const filters = JSON.stringify({ service: [serviceId] });
      const [tasks, nodes] = await Promise.all([
        docker.listTasks({ filters }) as Promise<EngineTask[]>,
        docker.listNodes() as Promise<unknown> as Promise<EngineNode[]>,
      ]);
      return { tasks, nodes };
    });
  } catch (error) {
    if (isTransportError(error) || engineStatus(error) !== 404) throw error;
    throw new Error(
      `The Swarm no longer has the service '${service}' with the id ${serviceId}: somebody removed it. Run 'npx hive up --refresh', which recreates it.`,
      { cause: error },
    );
  }
}
