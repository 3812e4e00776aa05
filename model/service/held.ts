/** Reads what services of a Swarm hold that only one may have: volumes and ports. Pure. */
import { groupOf, leaderOf } from "./colocation";
import { meetsConstraints } from "./placement-constraints";
import type { EngineNode } from "../engine-api/node";
import type { EngineTask } from "../engine-api/task";
import { excludeEachOther, hostPorts, portsOf } from "./engine-ports";
import { toEnginePort } from "./ports";
import type { EnginePort, EngineServiceSpec, EngineTaskTemplate } from "../engine-api/service-spec";
import { scheduleLabel, siteLabel } from "../swarm/labels";
import type { ServiceSpec } from "./spec";

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

/**
 * A constraint that no node meets. A global service has no replica count that could be 0, but its
 * orchestrator stops tasks on nodes that do not meet the constraints.
 */
export const nowhere = "node.labels.hive.suspended==true";

/**
 * Volumes for one task at a time: the replicated ones. In a spec only these are never filled from
 * the image, see `serviceMounts`.
 */
export function exclusiveVolumes({ mounts }: ServiceSpec): readonly string[] {
  return mounts.flatMap((mount) => (mount.kind === "volume" && mount.noCopy ? [mount.source] : []));
}

/** As {@link exclusiveVolumes}, for an observed spec. */
export function exclusiveMounts(
  template: Partial<EngineTaskTemplate> | undefined,
): readonly string[] {
  return (template?.ContainerSpec?.Mounts ?? []).flatMap(({ Type, Source, VolumeOptions }) =>
    Type === "volume" && Source !== undefined && VolumeOptions?.NoCopy === true ? [Source] : [],
  );
}

/**
 * All volumes that a task mounts: services of others need not mark a volume as exclusive.
 */
export function mountedVolumes(
  template: Partial<EngineTaskTemplate> | undefined,
): readonly string[] {
  return (template?.ContainerSpec?.Mounts ?? []).flatMap(({ Type, Source }) =>
    Type === "volume" && Source !== undefined ? [Source] : [],
  );
}

/** Whether a service wants no tasks, or was suspended. */
export function hasNoTasks({
  Mode: mode,
  Labels: labels,
  TaskTemplate: template,
}: EngineServiceSpec) {
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
export function takenHostPorts(
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
export function excludeInSpecs(mine: ServiceSpec["ports"][number], theirs: EnginePort): boolean {
  return excludeEachOther(toEnginePort(mine), theirs);
}

/** Whether this is the wanted service itself, as it is now. */
export function isOwn(service: HoldingService, { name, site }: ServiceSpec): boolean {
  return service.Spec.Name === name && siteOf(service) === site;
}

/** The site that a service belongs to; undefined for one that hive did not create. */
export function siteOf({ Spec }: HoldingService): string | undefined {
  return Spec.Labels?.[siteLabel];
}

/**
 * Whether a present service runs together with the wanted one, and will continue to: then they
 * share their replicated volumes.
 */
export function sharesVolumes(
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
export function placesOf(
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
