import { initializationLabels } from "../../model/initialization/record";
import { nextRun } from "../../model/values/cron";
import { whatItGave } from "../../model/service/releasing";
import {
  attemptsAllowed,
  failuresOf,
  isCurrent,
  isRunning,
  isUnfinished,
  jobState,
  newestFirst,
  serviceHealth,
  tasksOfRun,
} from "../../model/service/health";
import { needsIpvs } from "../../model/service/ipvs";
import { heldVolume, taskError } from "../../model/service/task-error";
import { lastRunLabel, scheduleLabel } from "../../model/swarm/labels";
import { shortName, type SwarmFacts } from "../swarm/facts";
import type { EngineService } from "../../model/engine-api/service";
import type { EngineTask } from "../../model/engine-api/task";
import type {
  AddressStatus,
  JobStatus,
  NodeStatus,
  RouteStatus,
  ServiceStatus,
  StepStatus,
  VolumeStatus,
} from "./report";

/** More facts about services, from the stack's outputs and from the site. */
export interface ServiceContext {
  /** Where services should answer, and whether they do, by service name. */
  readonly addresses?: Readonly<Record<string, readonly AddressStatus[]>>;
  /** URLs at the gate, and whether they answer, by service name. */
  readonly routes?: Readonly<Record<string, readonly RouteStatus[]>>;
  /** References that were deployed, by service name. */
  readonly deployed?: Readonly<Record<string, string>>;
  /** When images were built, by digest. */
  readonly builtAt?: Readonly<Record<string, string>>;
  /** Names of the steps of initializations, by service name. */
  readonly steps?: Readonly<Record<string, readonly string[]>>;
  /** Names of replicated volumes; absent: those whose driver says so. */
  readonly replicated?: readonly string[];
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Docker volume driver in the place of replicated disks on a stage of one computer. */
const sharedDriver = "hive-shared";

/** The nodes by host name. */
export function nodesByHost(facts: SwarmFacts): ReadonlyMap<string, NodeStatus> {
  return new Map(
    facts.nodes.map((node) => [
      node.Description.Hostname ?? node.ID,
      {
        manager: node.Spec.Role === "manager",
        leader: node.ManagerStatus?.Leader === true,
        state: node.Status.State ?? "unknown",
        availability: node.Spec.Availability ?? "unknown",
      },
    ]),
  );
}

/**
 * The status of each service. A task counts as running only while its node answers: of a lost node,
 * the manager still shows the last state that it heard of.
 */
export function serviceStatuses(
  facts: SwarmFacts,
  context: ServiceContext,
): readonly ServiceStatus[] {
  const statuses = facts.services.map((service) => {
    const name = service.Spec.Name;
    const tasks = tasksOf(facts, service);
    const { mode, wanted, running, older } = serviceHealth(service, tasks, facts.nodes);
    const image = service.Spec.TaskTemplate.ContainerSpec.Image;
    // Errors of tasks of another version are history.
    const current = tasks.filter((task) => isCurrent(task, service, facts.nodes));
    const error = running.length < wanted && mode !== "job" ? newestError(current) : undefined;
    const deployed = context.deployed?.[name];
    const routes = context.routes?.[name] ?? [];
    const answering = routes.filter(({ answers }) => answers !== false).map(({ url }) => url);
    const silent = routes.filter(({ answers }) => answers === false);
    const builtAt = context.builtAt?.[image.split("@")[1] ?? ""];
    const update = updateOf(service);
    const gave = whatItGave(service.Spec.Labels);
    const addresses = context.addresses?.[name] ?? [];
    const job = mode === "job" ? jobStatus(service, tasks, context.now) : undefined;
    const hasFailed =
      job?.state === "failed" || (job?.state === "running" && job.failedTries !== undefined);
    const jobError = hasFailed ? newestError(tasksOfRun(service, tasks)) : error;
    return {
      name,
      mode,
      wanted,
      running: running.length,
      older: older.length,
      image,
      ...(builtAt === undefined || builtAt === "" ? {} : { builtAt }),
      ...(deployed === undefined || deployed === image ? {} : { deployedImage: deployed }),
      needsIpvs: needsIpvs(service.Spec),
      hosts: [...running, ...older].map((task) => hostOf(facts, task)).sort(),
      ...(jobError === undefined ? {} : { error: jobError }),
      ...(gave === undefined ? {} : { gave }),
      ...(update === undefined ? {} : { update }),
      ...(job === undefined ? {} : { job }),
      initialization: stepStatuses(facts, name, context.steps?.[name] ?? []),
      starting: tasks.filter((task) => isUnfinished(task) && task.Status.State !== "running")
        .length,
      endpoints: addresses.filter(({ answers }) => answers !== false).map(({ url }) => url),
      addresses,
      ...(answering.length === 0 ? {} : { routes: answering }),
      ...(silent.length === 0 ? {} : { silentRoutes: silent }),
    } satisfies ServiceStatus;
  });
  return statuses.sort((a, b) => a.name.localeCompare(b.name));
}

/** Services that the stage deployed and that are not in the Swarm, in alphabetical order. */
export function removedServices(facts: SwarmFacts, context: ServiceContext): readonly string[] {
  const present = new Set(facts.services.map(({ Spec }) => Spec.Name));
  return Object.keys(context.deployed ?? {})
    .filter((name) => !present.has(name))
    .sort();
}

/** Which hosts use the replicated volumes. */
export function volumeStatuses(
  facts: SwarmFacts,
  context: ServiceContext,
): readonly VolumeStatus[] {
  const users = new Map<string, Set<EngineService>>();
  for (const service of facts.services) {
    for (const mount of service.Spec.TaskTemplate?.ContainerSpec.Mounts ?? []) {
      const { Type, Source = "", VolumeOptions } = mount;
      const isReplicated =
        context.replicated?.includes(Source) ?? VolumeOptions?.DriverConfig?.Name === sharedDriver;
      if (Type !== "volume" || !isReplicated) continue;
      users.set(Source, (users.get(Source) ?? new Set()).add(service));
    }
  }
  return [...users]
    .map(([name, services]) => {
      const hosts = [...services].flatMap((service) =>
        tasksOf(facts, service)
          .filter((task) => isRunning(task, facts.nodes))
          .map((task) => hostOf(facts, task)),
      );
      const heldOn = holderOf(facts, name, [...services]);
      return {
        name,
        services: [...services].map(({ Spec, ID }) => Spec.Name ?? ID).sort(),
        hosts: [...new Set(hosts)].sort(),
        ...(heldOn === undefined || hosts.length > 0 ? {} : { heldOn }),
      };
    })
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** The server that does not let a volume go, if a task that should run says so. */
function holderOf(
  facts: SwarmFacts,
  volume: string,
  services: readonly EngineService[],
): string | undefined {
  const servers = services
    .filter((service) => serviceHealth(service, tasksOf(facts, service), facts.nodes).wanted > 0)
    .flatMap((service) => {
      const tasks = tasksOf(facts, service).filter((task) => isCurrent(task, service, facts.nodes));
      const held = heldVolume(newestError(tasks) ?? "");
      return held?.volume === volume ? [shortName(held.server)] : [];
    });
  return servers[0];
}

/** The tasks of a service. */
export function tasksOf({ tasks }: SwarmFacts, { ID }: EngineService): readonly EngineTask[] {
  return tasks.filter(({ ServiceID }) => ServiceID === ID);
}

function hostOf(facts: SwarmFacts, task: EngineTask): string {
  const node = facts.nodes.find(({ ID }) => ID === task.NodeID);
  return shortName(node?.Description.Hostname ?? "?");
}

/** A roll-out that succeeded is not reported. */
function updateOf({ UpdateStatus }: EngineService): ServiceStatus["update"] {
  const { State: state = "", Message: message = "" } = UpdateStatus ?? {};
  return state === "" || state === "completed" ? undefined : { state, message };
}

function jobStatus(service: EngineService, tasks: readonly EngineTask[], now: number): JobStatus {
  const labels = service.Spec.Labels ?? {};
  // Not destructured by a computed key, as everywhere where labels are read.
  const schedule = labels[scheduleLabel];
  const started = labels[lastRunLabel];
  const run = tasksOfRun(service, tasks);
  const [newest] = newestFirst(run);
  const lastRun = started ?? newest?.CreatedAt;
  const present = jobState(service, tasks);
  // Between the start of a run and its first task there is nothing but the time.
  const isStarting = (service.Spec.Mode.ReplicatedJob?.TotalCompletions ?? 0) > 0;
  const beforeTasks = isStarting ? ("running" as const) : ("changed" as const);
  const failed = failuresOf(run).length;
  return {
    ...(schedule === undefined
      ? {}
      : { schedule, nextRun: nextRun(schedule, new Date(now)).toISOString() }),
    state: present === "never run" && lastRun !== undefined ? beforeTasks : present,
    ...(failed === 0 ? {} : { failedTries: { failed, allowed: attemptsAllowed(service) } }),
    ...(lastRun === undefined ? {} : { lastRun }),
  };
}

/** The newest record of each step, and the steps of the site that have none. */
function stepStatuses(
  facts: SwarmFacts,
  service: string,
  wanted: readonly string[],
): readonly StepStatus[] {
  const records = facts.configs
    .map(({ Spec }) => Spec.Labels ?? {})
    .filter((labels) => labels[initializationLabels.service] === service)
    .map((labels) => ({
      step: labels[initializationLabels.step] ?? "",
      result: resultOf(labels[initializationLabels.result]),
      at: labels[initializationLabels.at] ?? "",
      detail: labels[initializationLabels.detail] ?? "",
    }))
    .sort((a, b) => b.at.localeCompare(a.at));
  const others = [...new Set(records.map(({ step }) => step))]
    .filter((step) => !wanted.includes(step))
    .sort();
  // Records of steps that the site no longer has are history, unless the site is not known.
  return [...wanted, ...(wanted.length === 0 ? others : [])].map((step) => {
    const record = records.find((candidate) => candidate.step === step);
    return record ?? { step, result: "missing" as const };
  });
}

function resultOf(text: string | undefined): StepStatus["result"] {
  return text === "done" || text === "found" ? text : "failed";
}

function newestError(tasks: readonly EngineTask[]): string | undefined {
  const [error] = newestFirst(tasks).flatMap(({ Status: { Err = "" } }) =>
    Err === "" ? [] : [Err],
  );
  return error === undefined ? undefined : taskError(error);
}
