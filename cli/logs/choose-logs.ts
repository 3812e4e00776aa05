import { isTransportError, messageOf } from "../../providers/transport/errors";
import type { HostAccess } from "../../providers/transport/host-access";
import { askSwarm } from "../swarm/facts";
import { chooseTasks, runningTasks, serviceNamed, type TaskRequest } from "../tasks/running-tasks";
import type { LogRequest } from "./host-logs";

/** How long the managers may take to answer, seconds: enough for two rounds of an election. */
const searchSeconds = 60;

/**
 * Which tasks' output to print: of all tasks, unless the user asked for one replica. Also of all
 * tasks if no manager answers: to find out what went wrong, the remaining hosts must be enough.
 *
 * @throws Failure when there is no such service or replica
 */
export async function chooseLogs(
  hosts: readonly HostAccess[],
  request: TaskRequest,
  say: (text: string) => void,
): Promise<LogRequest["wanted"]> {
  try {
    const facts = await askSwarm(hosts, searchSeconds);
    const service = serviceNamed(facts.services, request.service);
    if (request.replica === undefined) return () => true;
    const chosen = chooseTasks(runningTasks(facts, service), request, hosts);
    return ({ taskId }) => chosen.some((task) => task.taskId === taskId);
  } catch (error) {
    if (!isTransportError(error) || request.replica !== undefined) throw error;
    say(messageOf(error));
    return () => true;
  }
}
