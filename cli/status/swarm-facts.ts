import { isDeepStrictEqual } from "node:util";
import { initializationLabels } from "../../model/initialization/record";
import { nextRun } from "../../model/values/cron";
import { whatItGave } from "../../model/service/hand-over";
import { mayRun } from "../../model/swarm/node-state";
import { type ConstrainedNode, meetsConstraints } from "../../model/service/placement-constraints";
import { lastRunLabel, scheduleLabel } from "../../model/swarm/labels";
import { shortName, type SwarmFacts } from "../swarm/facts";
import type { EngineNode } from "../../model/engine-api/node";
import type { EngineService } from "../../model/engine-api/service";
import type { EngineTask } from "../../model/engine-api/task";
import type { JobStatus, NodeStatus, ServiceStatus, StepStatus, VolumeStatus } from "./report";

/** What else is known about services: from the stack's outputs and from the site. */
export interface ServiceContext {
  /** By service name. */
  readonly endpoints?: Readonly<Record<string, readonly string[]>>;
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

/** Docker volume driver that stands in for replicated disks on a stage of one computer. */
const sharedDriver = "hive-shared";

/** The nodes by host name. */
export function nodesByHost(facts: SwarmFacts): ReadonlyMap<string, NodeStatus> {
  return new Map(
    facts.nodes.map((node) => [
      node.Description?.Hostname ?? node.ID,
      {
        manager: node.Spec?.Role === "manager",
        leader: node.ManagerStatus?.Leader === true,
        state: node.Status?.State ?? "unknown",
        availability: node.Spec?.Availability ?? "unknown",
      },
    ]),
  );
}

/**
 * How each service stands. A task counts as running only while its node answers: of a lost node, the manager still
 * shows the last thing it heard.
 */
export function serviceStatuses(
  facts: SwarmFacts,
  context: ServiceContext,
): readonly ServiceStatus[] {
  const statuses = facts.services.map((service) => {
    const name = service.Spec?.Name ?? service.ID;
    const tasks = facts.tasks.filter((task) => task.ServiceID === service.ID);
    const running = runningTasks(facts, tasks);
    const mode = modeOf(service);
    const wanted = wantedTasks(facts, service);
    const image = service.Spec?.TaskTemplate?.ContainerSpec?.Image ?? "";
    // What tasks said that were other ones, by their image or anything else, is history.
    const wish = service.Spec?.TaskTemplate?.ContainerSpec;
    const current = tasks.filter(({ Spec }) =>
      isDeepStrictEqual(Spec?.ContainerSpec ?? wish, wish),
    );
    const error = running.length < wanted && mode !== "job" ? newestError(current) : undefined;
    const deployed = context.deployed?.[name];
    const builtAt = context.builtAt?.[image.split("@")[1] ?? ""];
    const update = updateOf(service);
    const gave = whatItGave(service.Spec?.Labels);
    const job = mode === "job" ? jobStatus(service, tasks, context.now) : undefined;
    const jobError = job?.state === "failed" ? newestError(tasks) : error;
    return {
      name,
      mode,
      wanted,
      running: running.length,
      image,
      ...(builtAt === undefined || builtAt === "" ? {} : { builtAt }),
      ...(deployed === undefined || deployed === image ? {} : { deployedImage: deployed }),
      needsIpvs: mode !== "job" && needsIpvs(service),
      hosts: running.map((task) => hostOf(facts, task)).sort(),
      ...(jobError === undefined ? {} : { error: jobError }),
      ...(gave === undefined ? {} : { gave }),
      ...(update === undefined ? {} : { update }),
      ...(job === undefined ? {} : { job }),
      initialization: stepStatuses(facts, name, context.steps?.[name] ?? []),
      endpoints: context.endpoints?.[name] ?? [],
    } satisfies ServiceStatus;
  });
  return statuses.sort((a, b) => a.name.localeCompare(b.name));
}

/** Services that the stage deployed and that are not in the Swarm, in alphabetical order. */
export function removedServices(facts: SwarmFacts, context: ServiceContext): readonly string[] {
  const present = new Set(facts.services.map(({ Spec }) => Spec?.Name));
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
    for (const mount of service.Spec?.TaskTemplate?.ContainerSpec?.Mounts ?? []) {
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
        runningTasks(
          facts,
          facts.tasks.filter((task) => task.ServiceID === service.ID),
        ).map((task) => hostOf(facts, task)),
      );
      return {
        name,
        services: [...services].map(({ Spec, ID }) => Spec?.Name ?? ID).sort(),
        hosts: [...new Set(hosts)].sort(),
      };
    })
    .sort((a, b) => a.name.localeCompare(b.name));
}

function needsIpvs({ Spec }: EngineService): boolean {
  const { Mode: mode, Ports: ports } = Spec?.EndpointSpec ?? {};
  const networks = Spec?.TaskTemplate?.Networks ?? [];
  const meshed = (ports ?? []).some(({ PublishMode }) => PublishMode !== "host");
  return meshed || (mode !== "dnsrr" && networks.length > 0);
}

function modeOf(service: EngineService): ServiceStatus["mode"] {
  const mode = service.Spec?.Mode ?? {};
  if (mode.Global !== undefined) return "global";
  return mode.Replicated === undefined ? "job" : "replicated";
}

function wantedTasks(facts: SwarmFacts, service: EngineService): number {
  const mode = service.Spec?.Mode ?? {};
  if (mode.Global === undefined) {
    return mode.Replicated?.Replicas ?? mode.ReplicatedJob?.TotalCompletions ?? 0;
  }
  const constraints = service.Spec?.TaskTemplate?.Placement?.Constraints ?? [];
  return facts.nodes.filter(
    (node) => node.Spec?.Availability === "active" && meetsConstraints(placed(node), constraints),
  ).length;
}

function placed(node: EngineNode): ConstrainedNode {
  return {
    ID: node.ID,
    Description: { Hostname: node.Description?.Hostname ?? "" },
    Spec: { Role: node.Spec?.Role ?? "", Labels: node.Spec?.Labels ?? {} },
  };
}

function runningTasks(facts: SwarmFacts, tasks: readonly EngineTask[]): readonly EngineTask[] {
  const answering = new Set(facts.nodes.filter(mayRun).map(({ ID }) => ID));
  // One that is being stopped runs for a moment beside the one that takes its place.
  const stopping = (task: EngineTask): boolean =>
    /^(shutdown|remove)$/.test(task.DesiredState ?? "");
  return tasks.filter(
    (task) =>
      task.Status?.State === "running" && answering.has(task.NodeID ?? "") && !stopping(task),
  );
}

function hostOf(facts: SwarmFacts, task: EngineTask): string {
  const node = facts.nodes.find(({ ID }) => ID === task.NodeID);
  return shortName(node?.Description?.Hostname ?? "?");
}

/** A change that went well and is over says nothing. */
function updateOf({ UpdateStatus }: EngineService): ServiceStatus["update"] {
  const { State: state = "", Message: message = "" } = UpdateStatus ?? {};
  return state === "" || state === "completed" ? undefined : { state, message };
}

function jobStatus(service: EngineService, tasks: readonly EngineTask[], now: number): JobStatus {
  const labels = service.Spec?.Labels ?? {};
  // Not destructured by a computed key, as everywhere where labels are read.
  const schedule = labels[scheduleLabel];
  const started = labels[lastRunLabel];
  const iteration = service.JobStatus?.JobIteration?.Index ?? 0;
  const run = tasks.filter(({ JobIteration }) => (JobIteration?.Index ?? 0) === iteration);
  const newest = newestFirst(run)[0];
  const lastRun = started ?? newest?.CreatedAt;
  return {
    ...(schedule === undefined
      ? {}
      : { schedule, nextRun: nextRun(schedule, new Date(now)).toISOString() }),
    state: jobState(newest),
    ...(lastRun === undefined ? {} : { lastRun }),
  };
}

function jobState(newest: EngineTask | undefined): JobStatus["state"] {
  const state = newest?.Status?.State;
  if (state === undefined) return "never run";
  if (state === "complete") return "complete";
  return ["failed", "rejected", "orphaned", "shutdown", "remove"].includes(state)
    ? "failed"
    : "running";
}

/** The newest record of each step, and the steps of the site that have none. */
function stepStatuses(
  facts: SwarmFacts,
  service: string,
  wanted: readonly string[],
): readonly StepStatus[] {
  const records = facts.configs
    .map(({ Spec }) => Spec?.Labels ?? {})
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

function newestFirst(tasks: readonly EngineTask[]): readonly EngineTask[] {
  return [...tasks].sort((a, b) => timeOf(b).localeCompare(timeOf(a)));
}

function timeOf(task: EngineTask): string {
  return task.UpdatedAt ?? task.Status?.Timestamp ?? "";
}

function newestError(tasks: readonly EngineTask[]): string | undefined {
  return newestFirst(tasks).find((task) => task.Status?.Err !== undefined && task.Status.Err !== "")
    ?.Status?.Err;
}
