import { runs } from "../../model/service/health";
import { suggestion } from "../../model/problem/suggestion";
import { exitCodes } from "../exit-codes";
import { Failure } from "../failure";
import { findHost } from "../hosts/host-name";
import { shortName, type SwarmFacts } from "../swarm/facts";
import type { EngineService } from "../../model/engine-api/service";
import type {
  EngineConfigReference,
  EngineSecretReference,
} from "../../model/engine-api/service-spec";
import type { EngineTask } from "../../model/engine-api/task";

/** A running task of a service. */
export interface RunningTask {
  readonly service: string;
  /** 1-based position among the running tasks of the service. */
  readonly replica: number;
  /** `portal.1`; `gate` for tasks of global services, of which a host has one. */
  readonly name: string;
  readonly taskId: string;
  readonly containerId: string;
  /**
   * Absolute paths that are in no file system of the container: secrets, configs, tmpfs mounts.
   */
  readonly inMemory: readonly string[];
  /** Full name of the host. */
  readonly host: string;
}

/** The user's choice of a running task. */
export interface TaskRequest {
  readonly service: string;
  /** 1-based; of the tasks on `host` if that is given too. */
  readonly replica?: number | undefined;
  /** A host as `findHost` takes it. */
  readonly host?: string | undefined;
}

/**
 * The service with this name.
 *
 * @throws Failure that names the similar one, or all
 */
export function serviceNamed(services: readonly EngineService[], wanted: string): EngineService {
  const found = services.find(({ Spec }) => Spec.Name === wanted);
  if (found !== undefined) return found;
  const names = services.map(({ Spec }) => Spec.Name).sort();
  throw unknownService(wanted, names, "runs no service");
}

/**
 * The failure for an unknown service. @param what e.g. `The stage runs no service` without
 * its subject
 */
export function unknownService(wanted: string, names: readonly string[], what: string): Failure {
  const near = suggestion(wanted, names);
  const hint =
    near !== undefined
      ? ` Did you mean ${near}?`
      : names.length === 0
        ? " There are no services yet: `npx hive up` deploys them."
        : ` Services: ${names.join(", ")}.`;
  return new Failure(`The stage ${what} "${wanted}".${hint}`, exitCodes.input);
}

/**
 * The running tasks of a service in a stable order: by slot, those of a global service by host. A
 * task on a host that the Swarm has lost does not count: the manager shows the last state that it
 * heard of.
 */
export function runningTasks(facts: SwarmFacts, service: EngineService): readonly RunningTask[] {
  const nodes = new Map(facts.nodes.map((node) => [node.ID, node]));
  const name = service.Spec.Name;
  const running = facts.tasks.flatMap((task) => {
    const node = nodes.get(task.NodeID ?? "");
    const containerId = task.Status.ContainerStatus?.ContainerID ?? "";
    if (task.ServiceID !== service.ID || !runs(task, facts.nodes) || containerId === "") return [];
    if (node === undefined) return [];
    const slot = task.Slot ?? 0;
    return [
      {
        task: {
          service: name,
          name: slot === 0 ? name : `${name}.${slot}`,
          taskId: task.ID,
          containerId,
          inMemory: pathsInMemory(task),
          host: node.Description.Hostname,
        },
        // A task that is about to stop, or that the manager has lost contact with, is the last
        // choice.
        doubtful: task.DesiredState !== "running" || node.Status.State !== "ready",
        slot,
      },
    ];
  });
  return running.sort(byOrder).map(({ task }, index) => ({ ...task, replica: index + 1 }));
}

type FileReference = EngineSecretReference | EngineConfigReference;

/**
 * Where a task's secrets, configs and tmpfs mounts are: relative names of secrets lie below
 * `/run/secrets`, of configs at the root.
 */
function pathsInMemory({ Spec }: EngineTask): readonly string[] {
  const { Secrets: secrets, Configs: configs, Mounts: mounts } = Spec?.ContainerSpec ?? {};
  const paths = (files: readonly FileReference[] | undefined, folder: string): string[] =>
    (files ?? []).flatMap(({ File }) => {
      const name = File?.Name ?? "";
      return name === "" ? [] : [name.startsWith("/") ? name : `${folder}/${name}`];
    });
  return [
    ...paths(secrets, "/run/secrets"),
    ...paths(configs, ""),
    ...(mounts ?? []).flatMap(({ Type, Target = "" }) => (Type === "tmpfs" ? [Target] : [])),
  ];
}

/** What a list of tasks is sorted by. */
interface TaskOrder {
  readonly doubtful: boolean;
  readonly slot: number;
  readonly task: { readonly host: string };
}

function byOrder(a: TaskOrder, b: TaskOrder): number {
  if (a.doubtful !== b.doubtful) return a.doubtful ? 1 : -1;
  if (a.slot !== b.slot) return a.slot - b.slot;
  return a.task.host.localeCompare(b.task.host, "en", { numeric: true });
}

/**
 * The tasks that match a request, the best first. More than one only if the user named neither
 * replica nor host.
 *
 * @param tasks running ones, in order
 * @param hosts the hosts of the stage, in index order
 * @throws Failure when none fits, with what there is
 */
export function chooseTasks(
  tasks: readonly RunningTask[],
  request: TaskRequest,
  hosts: readonly { readonly name: string }[],
): readonly RunningTask[] {
  const { service, replica } = request;
  if (tasks.length === 0) {
    throw new Failure(
      `No task of ${service} runs. \`npx hive status\` shows why, \`npx hive logs ${service}\` what its tasks printed.`,
    );
  }
  const host = request.host === undefined ? undefined : findHost(hosts, request.host).name;
  const fitting = host === undefined ? tasks : tasks.filter((task) => task.host === host);
  const list = tasks.map((task) => `  ${task.replica}  ${placeOf(task)}`).join("\n");
  if (fitting.length === 0) {
    throw new Failure(
      `No task of ${service} runs on ${shortName(host ?? "")}. Running tasks:\n${list}`,
      exitCodes.input,
    );
  }
  if (replica === undefined) return host === undefined ? fitting : fitting.slice(0, 1);
  const chosen = fitting[replica - 1];
  if (chosen === undefined) {
    throw new Failure(
      `${service} has no running task number ${replica}. Running tasks:\n${list}`,
      exitCodes.input,
    );
  }
  return [chosen];
}

/** `portal.1 on p-hive0`. */
export function placeOf(task: Pick<RunningTask, "name" | "host">): string {
  return `${task.name} on ${shortName(task.host)}`;
}
