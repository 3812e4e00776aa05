import type * as pulumi from "@pulumi/pulumi";
import type { Endpoint } from "../model/network/endpoint-url";
import type { HostPlan, OperatorPlan, Plan, PortPlan } from "../model/plan";
import type { HostAccess } from "../providers/transport/host-access";

/** A server that a fleet yields. Everything after the fleet is the same code on every stage. */
export interface Host {
  /** Name, role, zone and addresses, as planned. */
  readonly plan: HostPlan;
  /** How dynamic resources and the `hive` command reach the host. */
  readonly access: pulumi.Output<HostAccess>;
  /**
   * Changes exactly when the server was replaced by a new one; what was done on the old one must be
   * done again. Resources record it as `incarnation`.
   */
  readonly instanceId: pulumi.Output<string>;
  /** Address at which users reach the host's published ports; on AWS the Elastic IP. */
  readonly publicAddress: pulumi.Output<string>;
  /** Where a port that the host publishes is found from the operator's computer. */
  endpointOf(port: number, protocol: PortPlan["protocol"]): pulumi.Output<Endpoint>;
  /**
   * The block device of a replicated volume on this host; undefined where the stage's backend needs
   * none.
   */
  disk(volume: string): pulumi.Output<string> | undefined;
  /** Resolves when the host has booted and answers; what acts on the host depends on it. */
  readonly ready: pulumi.Resource;
}

/** The servers of a stage. */
export interface Fleet {
  /** In index order, as in the plan. */
  readonly hosts: readonly Host[];
  /**
   * Who may log in on the servers: those of the plan, or the holder of the stage's generated key.
   * At least one.
   */
  readonly operators: pulumi.Output<readonly OperatorPlan[]>;
}

/** How a fleet is built; what does not depend on the plan alone is decided already. */
export type BuildFleet = (
  name: string,
  args: FleetArgs,
  opts: pulumi.ComponentResourceOptions,
) => Fleet;

/** What a fleet takes of the site that is built on it. */
export interface FleetArgs {
  /**
   * The last step of a server's set-up, for servers that are replaced one at a time. Undefined when
   * the run stops before hosts are set up. Default: only the server's own gate is waited for.
   */
  readonly setUp?: (host: HostPlan) => Promise<pulumi.Resource | undefined>;
}

/** One kind of fleet. `fleet/drivers.ts` lists them. */
export interface FleetDriver {
  /**
   * Looks at what the fleet depends on beside the plan, and decides. Changes nothing.
   *
   * @throws InventoryError with what stands in the way; FleetError when what the fleet needs does
   *   not answer
   */
  prepare(plan: Plan): Promise<BuildFleet>;
}

/** The fleet's cluster hosts, in index order. */
export function clusterHosts(fleet: Fleet): readonly Host[] {
  return fleet.hosts.filter((host) => host.plan.role === "cluster");
}

/**
 * The fleet's repository server. @throws Error when the plan has none, which validation excludes.
 */
export function repositoryHost(fleet: Fleet): Host {
  const host = fleet.hosts.find((candidate) => candidate.plan.role === "repository");
  if (host === undefined) throw new Error("The plan has no repository server.");
  return host;
}
