/** Makes the spec of a service that releases volumes or ports for another one. Pure. */
import { excludeEachOther, portKey, portsOf } from "./engine-ports";
import type { EnginePort, EngineServiceSpec } from "../engine-api/service-spec";
import { excludeInSpecs, type HoldingService, nowhere } from "./held";
import { gaveLabel, scheduleLabel } from "../swarm/labels";
import type { ServiceSpec } from "./spec";

/** A change of a service that releases something. */
export interface ReleasingChange<S extends HoldingService = HoldingService> {
  readonly service: S;
  /** The wanted spec. */
  readonly spec: EngineServiceSpec;
  /** `the volume db-data to store2`. */
  readonly gives: string;
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
export function suspension<S extends HoldingService>(
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
export function unpublished<S extends HoldingService>(
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

/** `the volume a`, `the volumes a and b`. */
export function list(kind: string, names: readonly string[]): string {
  return `the ${kind}${names.length === 1 ? "" : "s"} ${names.join(" and ")}`;
}
