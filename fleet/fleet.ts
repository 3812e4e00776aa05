import type * as pulumi from "@pulumi/pulumi";
import type { Endpoint } from "../model/network/endpoint-url";
import type { HostPlan, OperatorPlan, Plan, PortPlan } from "../model/plan";
import type { HostAccess } from "../providers/transport/host-access";

/** A server of a fleet. All other code is the same for every fleet. */
export interface Host {
  /** Name, role, zone and addresses, as planned. */
  readonly plan: HostPlan;
  /** How dynamic resources and the `hive` command reach the host. */
  readonly access: pulumi.Output<HostAccess>;
  /**
   * Changes exactly when the server was replaced by a new one: then all steps on it must be done
   * again. Resources record it as `incarnation`.
   */
  readonly instanceId: pulumi.Output<string>;
  /**
   * Changes when the server goes away in a run while others serve: it is replaced without the data
   * of its Docker Engine, or stops for another type. Absent where a server keeps its membership of
   * the Swarm by itself.
   */
  readonly machine?: pulumi.Output<string>;
  /** Address at which users reach the host's published ports; on AWS the Elastic IP. */
  readonly publicAddress: pulumi.Output<string>;
  /** The address of a published port, seen from the operator's computer. */
  endpointOf(port: number, protocol: PortPlan["protocol"]): pulumi.Output<Endpoint>;
  /**
   * The block device of a replicated volume on this host; undefined if the stage's backend needs
   * none.
   */
  disk(volume: string): pulumi.Output<string> | undefined;
  /**
   * Resolves when the host has booted and answers; all resources that act on the host depend on it.
   */
  readonly ready: pulumi.Resource;
}

/** The servers of a stage. */
export interface Fleet {
  /** In index order, as in the plan. */
  readonly hosts: readonly Host[];
  /**
   * Operators who may log in on the servers: those of the plan, or the holder of the stage's
   * generated key. At least one.
   */
  readonly operators: pulumi.Output<readonly OperatorPlan[]>;
}

/** Builds a fleet. All decisions that depend on more than the plan are already made. */
export type BuildFleet = (
  name: string,
  args: FleetArgs,
  opts: pulumi.ComponentResourceOptions,
) => Fleet;

/** Inputs of a fleet from the site that is built on it. */
export interface FleetArgs {
  /**
   * The last step of a server's set-up, for servers that are replaced one at a time. Undefined when
   * the run stops before hosts are set up. Default: only the server's own first contact is waited
   * for.
   */
  readonly setUp?: (host: HostPlan) => Promise<pulumi.Resource | undefined>;
}

/** One kind of fleet. `fleet/drivers.ts` lists them. */
export interface FleetDriver {
  /**
   * Reads the facts that the fleet depends on besides the plan, and decides. Changes nothing.
   *
   * @throws InventoryError with the problems; FleetError when the fleet's platform does not answer
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
