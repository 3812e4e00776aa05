/**
 * Decides what a service takes over from others, based on the present services of the Swarm. Pure.
 *
 * The plan's rules give a replicated volume, a port of the routing mesh, and a host's port (where
 * two services can meet on a node) one holder. So when a service is about to be changed and another
 * service of the site still holds one of them, the same run will remove or change that other
 * service, and it has to release it first.
 */
import { groupOf, leaderOf } from "./colocation";
import { mayRun } from "../swarm/node-state";
import { meetsConstraints } from "./placement-constraints";
import type { EngineNode } from "../engine-api/node";
import type { EngineTask } from "../engine-api/task";
import { excludeEachOther, hostPorts, portKey, portsOf } from "./engine-ports";
import { toEnginePort } from "./ports";
import type { EnginePort, EngineServiceSpec, EngineTaskTemplate } from "../engine-api/service-spec";
import { gaveLabel, scheduleLabel, siteLabel } from "../swarm/labels";
import type { ServiceSpec } from "./spec";
import { describeOwner } from "../swarm/owner";

/** A service as `GET /services` lists it, as far as it is read. */
export interface HoldingService {
  readonly ID: string;
  readonly Spec: EngineServiceSpec;
}

/** A Swarm's services, tasks and nodes at one moment. */
export interface Holdings<S extends HoldingService = HoldingService> {
  readonly services: readonly S[];
  readonly tasks: readonly EngineTask[];
  readonly nodes: readonly EngineNode[];
}

/** A change of a service that releases something. */
export interface ReleasingChange<S extends HoldingService = HoldingService> {
  readonly service: S;
  /** The wanted spec. */
  readonly spec: EngineServiceSpec;
  /** `the volume db-data to store2`. */
  readonly gives: string;
}

/** The next step before a service may be created or changed. */
export type HandOverStep<S extends HoldingService = HoldingService> =
  /** Nothing has to be done first. */
  | { readonly kind: "none" }
  /** A service stops all of its tasks; the rest of its spec stays. */
  | ({ readonly kind: "suspend" } & ReleasingChange<S>)
  /** A service gives up ports and keeps running. */
  | ({ readonly kind: "unpublish" } & ReleasingChange<S>)
  /** Tasks are ending. */
  | {
      readonly kind: "wait";
      /**
       * The holder, for messages:
       * `the volume db-data is held by a task of store on hive0.example`.
       */
      readonly detail: string;
      /** Commands that kill these tasks, one for each. */
      readonly commands: readonly string[];
      /** The longest stop timeout among them, seconds. */
      readonly seconds: number;
    }
  /** Another owner's service holds it, and is not touched. */
  | { readonly kind: "refuse"; readonly message: string };

/** Final states of a task. */
const ends = ["complete", "failed", "rejected", "orphaned", "shutdown", "remove"];
/**
 * A constraint that no node meets. A global service has no replica count that could be 0, but its
 * orchestrator stops tasks on nodes that do not meet the constraints.
 */
const nowhere = "node.labels.hive.suspended==true";
/** Docker Engine's default, seconds (swarmkit, `api/defaults`). */
const defaultStopSeconds = 10;

/**
 * Decides the next step before a service may be created or changed to the wanted spec. Called again
 * after each step.
 *
 * - A replicated volume has one writer. Every service that mounts it is suspended, and its tasks
 *   have to end, before the service that takes it over is touched. This also applies to a service
 *   that itself gives up such a volume: the Swarm rolls back a bad change by itself, to the
 *   previous spec, and that must not mount a volume that another service may have by then.
 * - A port of the mesh is removed from the other service's spec: Swarm refuses a spec with a port
 *   that another spec has (swarmkit, `checkPortConflicts`; only two host ports are allowed).
 *
 * @param wanted the wanted service
 * @param partners names of the services that run together with it in the site, see `partnersOf`
 */
export function stepBeforeStart<S extends HoldingService>(
  wanted: ServiceSpec,
  { services, tasks, nodes }: Holdings<S>,
  partners: readonly string[] = [],
): HandOverStep<S> {
  const own = services.find((service) => isOwn(service, wanted));
  const others = services.filter((service) => service !== own);
  const volumes = exclusiveVolumes(wanted);
  const given = givenVolumes(wanted, own);
  const claims = others.flatMap((service) => [
    ...(sharesVolumes(service, wanted, partners) ? [] : mountedVolumes(service.Spec.TaskTemplate))
      .filter((name) => volumes.includes(name) && !hasNoTasks(service.Spec))
      .map((name) => ({ service, thing: `the volume ${name}`, volume: true })),
    ...portsOf(service.Spec)
      .filter((port) => wanted.ports.some((mine) => excludeInSpecs(mine, port)))
      .map((port) => ({ service, thing: `the port ${portKey(port)}`, volume: false })),
  ]);
  const foreign = claims.find(({ service }) => siteOf(service) !== wanted.site);
  if (foreign !== undefined) {
    const places = placesOf(foreign.service, tasks, nodes);
    return {
      kind: "refuse",
      message: refusal(wanted, foreign.service.Spec, foreign.thing, places),
    };
  }
  if (own !== undefined && given.length > 0) {
    return { kind: "suspend", ...suspension(own, list("volume", given), services) };
  }
  const holder = claims.find(({ volume }) => volume);
  if (holder !== undefined) {
    const mounted = mountedVolumes(holder.service.Spec.TaskTemplate);
    const names = volumes.filter((name) => mounted.includes(name));
    const gives = `${list("volume", names)} to ${wanted.name}`;
    return { kind: "suspend", ...suspension(holder.service, gives, services) };
  }
  const ending = endingTasks(wanted, own, { services, tasks, nodes }, partners);
  if (ending !== undefined) return ending;
  const publisher = claims.find(({ volume }) => !volume)?.service;
  if (publisher !== undefined)
    return { kind: "unpublish", ...unpublished(publisher, wanted, services) };
  return { kind: "none" };
}

/**
 * Services that have to be suspended after a service was created or changed: they hold host ports
 * for which its tasks wait. The change comes first, so that hosts do not answer only while one
 * container stops and another starts.
 */
export function holdersOfHostPorts<S extends HoldingService>(
  wanted: ServiceSpec,
  { services, nodes }: Pick<Holdings<S>, "services" | "nodes">,
): readonly ReleasingChange<S>[] {
  return services.flatMap((service) => {
    if (isOwn(service, wanted) || siteOf(service) !== wanted.site) return [];
    const ports = takenHostPorts(wanted, service.Spec, nodes);
    if (ports.length === 0) return [];
    return [suspension(service, `${list("port", ports)} to ${wanted.name}`, services)];
  });
}

/**
 * Whether a service gives up host ports and takes others that another service still has. Two
 * services that exchange ports one server at a time could wait for each other's task for ever, each
 * on one server; such a service changes all of its tasks at once.
 */
export function exchangesHostPorts(
  wanted: ServiceSpec,
  { services, nodes }: Pick<Holdings, "services" | "nodes">,
): boolean {
  const own = services.find((service) => isOwn(service, wanted));
  if (own === undefined) return false;
  const kept = hostPorts(wanted.ports.map(toEnginePort));
  const gives = hostPorts(portsOf(own.Spec)).some((port) => !kept.includes(port));
  return gives && holdersOfHostPorts(wanted, { services, nodes }).length > 0;
}

/**
 * What a service gave up to another one and has not got back yet: `the volume db-data to store2`;
 * undefined if nothing.
 */
export function whatItGave(
  labels: Readonly<Record<string, string>> | null | undefined,
): string | undefined {
  return labels?.[gaveLabel];
}

/**
 * A service's spec without tasks: no replicas, no run of a job, no node for a global service. Its
 * own next change brings it back, because its label differs from the wanted spec.
 */
function suspension<S extends HoldingService>(
  service: S,
  gives: string,
  services: readonly S[],
): ReleasingChange<S> {
  const spec = withoutLostPorts(service, services);
  const { Mode: mode, TaskTemplate: template } = spec;
  const job = mode.ReplicatedJob;
  const placement = template.Placement ?? {};
  // A job's schedule is removed too: the scheduler agent reads that label.
  const labels = Object.entries(spec.Labels ?? {}).filter(([label]) => label !== scheduleLabel);
  return {
    service,
    gives,
    spec: {
      ...spec,
      Labels: { ...Object.fromEntries(labels), [gaveLabel]: allThatItGave(spec, gives) },
      Mode:
        job !== undefined
          ? { ReplicatedJob: { ...job, TotalCompletions: 0 } }
          : mode.Global !== undefined
            ? mode
            : { Replicated: { Replicas: 0 } },
      TaskTemplate:
        mode.Global === undefined
          ? template
          : {
              ...template,
              Placement: {
                ...placement,
                Constraints: [...(placement.Constraints ?? []), nowhere],
              },
            },
    },
  };
}

/** A service's spec without the ports that another one takes. */
function unpublished<S extends HoldingService>(
  service: S,
  wanted: ServiceSpec,
  services: readonly S[],
): ReleasingChange<S> {
  const spec = withoutLostPorts(service, services);
  const isTaken = (port: EnginePort): boolean =>
    wanted.ports.some((mine) => excludeInSpecs(mine, port));
  const ports = portsOf(spec);
  const gives = `${list("port", ports.filter(isTaken).map(portKey))} to ${wanted.name}`;
  return {
    service,
    gives,
    spec: {
      ...spec,
      Labels: { ...spec.Labels, [gaveLabel]: allThatItGave(spec, gives) },
      EndpointSpec: { ...spec.EndpointSpec, Ports: ports.filter((port) => !isTaken(port)) },
    },
  };
}

/**
 * A service's spec without ports that another one has by now: after a roll-back it may contain a
 * port again that it gave up, and Swarm refuses every change that keeps such a port (swarmkit,
 * `checkPortConflicts`; the roll-back itself is not checked).
 */
function withoutLostPorts<S extends HoldingService>(
  { ID: id, Spec: spec }: S,
  services: readonly S[],
): EngineServiceSpec {
  const others = services.filter(({ ID }) => ID !== id).flatMap(({ Spec }) => portsOf(Spec));
  const ports = portsOf(spec);
  const kept = ports.filter((port) => !others.some((other) => excludeEachOther(port, other)));
  if (kept.length === ports.length) return spec;
  return { ...spec, EndpointSpec: { ...spec.EndpointSpec, Ports: kept } };
}

function allThatItGave({ Labels: labels }: EngineServiceSpec, gives: string): string {
  const before = whatItGave(labels);
  return before === undefined ? gives : `${before}, and ${gives}`;
}

/**
 * Tasks that have the volumes and have not ended, including tasks of services that no longer hold
 * them, and of removed services. Tasks of the service itself count only while it is suspended; else
 * the Swarm stops them before it starts others.
 *
 * Tasks on a host that the Swarm reports as down do not count: they cannot be stopped, and the
 * volume's backend prevents them from writing before another host may (the lock of the shared
 * folder, the quorum of the replicated disk).
 */
function endingTasks<S extends HoldingService>(
  wanted: ServiceSpec,
  own: S | undefined,
  { services, tasks, nodes }: Holdings<S>,
  partners: readonly string[],
): HandOverStep<S> | undefined {
  const volumes = exclusiveVolumes(wanted);
  const waitsForItself = own !== undefined && hasNoTasks(own.Spec);
  const held = tasks.flatMap((task) => {
    const isMine = own !== undefined && task.ServiceID === own.ID;
    if (isMine && !waitsForItself) return [];
    const owner = services.find(({ ID }) => ID === task.ServiceID);
    if (owner !== undefined && !isMine && sharesVolumes(owner, wanted, partners)) return [];
    const node = nodes.find(({ ID }) => ID === task.NodeID);
    if (node === undefined || !mayRun(node) || ends.includes(task.Status.State)) return [];
    const mine = isMine ? exclusiveMounts(task.Spec) : [];
    const volume = mountedVolumes(task.Spec).find((name) => [...volumes, ...mine].includes(name));
    if (volume === undefined) return [];
    const service = owner?.Spec.Name;
    const host = node.Description.Hostname;
    const stop = task.Spec?.ContainerSpec?.StopGracePeriod;
    return [
      {
        detail:
          `the volume ${volume} is held by ${service === undefined ? "a task" : `a task of ${service}`} ` +
          `on ${host} (${task.ID}, ${task.Status.State})`,
        command: `on ${host}: docker kill $(docker ps --quiet --filter label=com.docker.swarm.task.id=${task.ID})`,
        seconds: stop === undefined ? defaultStopSeconds : stop / 1e9,
      },
    ];
  });
  if (held.length === 0) return undefined;
  return {
    kind: "wait",
    detail: held.map(({ detail }) => detail).join("; "),
    commands: held.map(({ command }) => command),
    seconds: Math.max(...held.map(({ seconds }) => seconds)),
  };
}

/**
 * Replicated volumes that a service has and gives up. A job is never rolled back, so it just
 * changes.
 */
function givenVolumes(wanted: ServiceSpec, own: HoldingService | undefined): readonly string[] {
  if (own === undefined || hasNoTasks(own.Spec)) return [];
  if (own.Spec.Mode.ReplicatedJob !== undefined) return [];
  const kept = exclusiveVolumes(wanted);
  return exclusiveMounts(own.Spec.TaskTemplate).filter((name) => !kept.includes(name));
}

/**
 * Volumes for one task at a time: the replicated ones. In a spec only these are never filled from
 * the image, see `serviceMounts`.
 */
function exclusiveVolumes({ mounts }: ServiceSpec): readonly string[] {
  return mounts.flatMap((mount) => (mount.kind === "volume" && mount.noCopy ? [mount.source] : []));
}

/** As {@link exclusiveVolumes}, for an observed spec. */
function exclusiveMounts(template: Partial<EngineTaskTemplate> | undefined): readonly string[] {
  return (template?.ContainerSpec?.Mounts ?? []).flatMap(({ Type, Source, VolumeOptions }) =>
    Type === "volume" && Source !== undefined && VolumeOptions?.NoCopy === true ? [Source] : [],
  );
}

/**
 * All volumes that a task mounts: services of others need not mark a volume as exclusive.
 */
function mountedVolumes(template: Partial<EngineTaskTemplate> | undefined): readonly string[] {
  return (template?.ContainerSpec?.Mounts ?? []).flatMap(({ Type, Source }) =>
    Type === "volume" && Source !== undefined ? [Source] : [],
  );
}

/** Whether a service wants no tasks, or was suspended. */
function hasNoTasks({ Mode: mode, Labels: labels, TaskTemplate: template }: EngineServiceSpec) {
  if (mode.Global !== undefined) {
    return template.Placement?.Constraints?.includes(nowhere) === true;
  }
  // A scheduled job wants no tasks either, but may start at any moment.
  if (mode.ReplicatedJob !== undefined) {
    return mode.ReplicatedJob.TotalCompletions === 0 && labels?.[scheduleLabel] === undefined;
  }
  return mode.Replicated?.Replicas === 0;
}

/** Host ports that both have, if both may run on one node. */
function takenHostPorts(
  wanted: ServiceSpec,
  spec: EngineServiceSpec,
  nodes: readonly EngineNode[],
): readonly string[] {
  if (hasNoTasks(spec)) return [];
  const mine = hostPorts(wanted.ports.map(toEnginePort));
  const both = hostPorts(portsOf(spec)).filter((port) => mine.includes(port));
  if (both.length === 0) return [];
  // The label by which a service follows another one appears later, and moves: it does not keep two
  // services apart.
  const lasting = (constraints: readonly string[]): readonly string[] =>
    constraints.filter((constraint) => leaderOf([constraint]) === undefined);
  const mineNow = lasting(wanted.placement.constraints);
  const theirs = lasting(spec.TaskTemplate.Placement?.Constraints ?? []);
  const meet = nodes.some(
    (node) => meetsConstraints(node, mineNow) && meetsConstraints(node, theirs),
  );
  return meet ? both : [];
}

/** Whether Swarm refuses a spec with the one port while another spec has the other. */
function excludeInSpecs(mine: ServiceSpec["ports"][number], theirs: EnginePort): boolean {
  return excludeEachOther(toEnginePort(mine), theirs);
}

function isOwn(service: HoldingService, { name, site }: ServiceSpec): boolean {
  return service.Spec.Name === name && siteOf(service) === site;
}

function siteOf({ Spec }: HoldingService): string | undefined {
  return Spec.Labels?.[siteLabel];
}

/**
 * Whether a present service runs together with the wanted one, and will continue to: then they
 * share their replicated volumes.
 */
function sharesVolumes(
  service: HoldingService,
  { name, site, placement }: ServiceSpec,
  partners: readonly string[],
): boolean {
  const group = leaderOf(placement.constraints) ?? name;
  return (
    siteOf(service) === site &&
    groupOf(service.Spec) === group &&
    partners.includes(service.Spec.Name)
  );
}

/** Host names of the nodes on which tasks of a service run. */
function placesOf(
  { ID }: HoldingService,
  tasks: readonly EngineTask[],
  nodes: readonly EngineNode[],
): readonly string[] {
  const running = tasks.filter(
    ({ ServiceID, Status }) => ServiceID === ID && Status.State === "running",
  );
  return nodes
    .filter((node) => running.some(({ NodeID }) => NodeID === node.ID))
    .map(({ Description }) => Description.Hostname);
}

function refusal(
  { name, site }: ServiceSpec,
  holder: EngineServiceSpec,
  thing: string,
  places: readonly string[],
): string {
  const stop =
    holder.Mode.Replicated === undefined ? "" : `docker service scale ${holder.Name}=0, or `;
  return (
    `The service '${name}' was not changed: ${thing} is held by the service '${holder.Name}'` +
    `${places.length === 0 ? "" : ` on ${places.join(", ")}`}, and only one can have it. That service ` +
    `${describeOwner(holder.Labels, site)}, and is left alone. If it is not needed, run on a manager: ` +
    `${thing.startsWith("the volume") ? stop : ""}docker service rm ${holder.Name}; then run again.`
  );
}

/** `the volume a`, `the volumes a and b`. */
function list(kind: string, names: readonly string[]): string {
  return `the ${kind}${names.length === 1 ? "" : "s"} ${names.join(" and ")}`;
}
