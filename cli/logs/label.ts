import { shortName } from "../swarm/facts";

/** A container of a service in its host's Docker Engine. */
export interface TaskLabel {
  /** `portal.1 p-hive0`, and for a task that has ended `portal.1 p-hive0 (k3x9z)`. */
  readonly label: string;
  readonly taskId: string;
  /** Number of the replica; 0 for tasks of global services. */
  readonly slot: number;
}

/**
 * Reads a task's name from the labels that Swarm gives its containers:
 * `<service>.<slot>.<task id>`, and for global services `<service>.<node id>.<task id>`.
 *
 * @returns undefined for a container that is not a task
 */
export function taskLabel(
  labels: Readonly<Record<string, string>>,
  host: string,
  running: boolean,
): TaskLabel | undefined {
  const service = labels["com.docker.swarm.service.name"];
  const name = labels["com.docker.swarm.task.name"];
  const taskId = labels["com.docker.swarm.task.id"];
  if (service === undefined || name === undefined || taskId === undefined) return undefined;
  const place = name.slice(service.length + 1).split(".")[0] ?? "";
  const slot = /^\d+$/.test(place) ? Number(place) : 0;
  const task = slot === 0 ? service : `${service}.${slot}`;
  const ended = running ? "" : ` (${taskId.slice(0, 5)})`;
  return { label: `${task} ${shortName(host)}${ended}`, taskId, slot };
}
