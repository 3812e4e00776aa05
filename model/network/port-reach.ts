import type { PortPlan, ServicePlan } from "../plan";
import {
  type ConstrainedHost,
  eligibleHosts,
  isKnownWhenPlanned,
} from "../service/placement-constraints";

/** Where a published port answers, as far as known in advance. */
export interface PortReach<Host> {
  /** The servers that may answer, in the given order. */
  readonly hosts: readonly Host[];
  /**
   * Whether only some of them answer: those that run a task, which moves. Else all of them answer.
   */
  readonly moves: boolean;
}

/**
 * The servers on which a published port answers: with the routing mesh all, in host mode those that
 * run a task. Pure.
 *
 * @param hosts all of the stage
 */
export function portReach<Host extends ConstrainedHost>(
  { mode, placement: { constraints } }: Pick<ServicePlan, "mode" | "placement">,
  port: Pick<PortPlan, "mode">,
  hosts: readonly Host[],
): PortReach<Host> {
  if (mode.kind === "job" || (mode.kind === "replicated" && mode.replicas === 0))
    return { hosts: [], moves: false };
  if (port.mode === "ingress")
    return { hosts: hosts.filter(({ role }) => role === "cluster"), moves: false };
  const eligible = eligibleHosts(constraints, hosts);
  const isKnown = constraints.every((text) => isKnownWhenPlanned(text, hosts));
  return { hosts: eligible, moves: !isKnown || !runsEverywhere(mode, eligible.length) };
}

/**
 * Whether a service with a port in host mode runs on each of so many servers: a server has room for
 * one such task.
 */
export function runsEverywhere(mode: ServicePlan["mode"], servers: number): boolean {
  return mode.kind === "global" || (mode.kind === "replicated" && mode.replicas >= servers);
}
