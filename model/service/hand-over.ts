/**
 * Decides what a service takes over from others, based on the present services of the Swarm. Pure.
 *
 * The plan's rules give a replicated volume, a port of the routing mesh, and a host's port (where
 * two services can meet on a node) one holder. So when a service is about to be changed and another
 * service of the site still holds one of them, the same run will remove or change that other
 * service, and it has to release it first.
 */
import { mayRun } from "../swarm/node-state";
import { hostPorts, portKey, portsOf } from "./engine-ports";
import {
  excludeInSpecs,
  exclusiveMounts,
  exclusiveVolumes,
  hasNoTasks,
  type HoldingService,
  type Holdings,
  isOwn,
  mountedVolumes,
  placesOf,
  sharesVolumes,
  siteOf,
  takenHostPorts,
} from "./held";
import { toEnginePort } from "./ports";
import { list, type ReleasingChange, suspension, unpublished } from "./releasing";
import type { EngineServiceSpec } from "../engine-api/service-spec";
import type { ServiceSpec } from "./spec";
import { describeOwner } from "../swarm/owner";

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
