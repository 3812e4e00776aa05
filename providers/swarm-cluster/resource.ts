import type * as pulumi from "@pulumi/pulumi";

import type { HostAccess } from "../transport/host-access";
import { HiveResource } from "../framework/hive-resource";
import { swarmClusterProvider } from "./provider";

/** A host that is to be a manager. */
export interface SwarmMemberArgs {
  readonly access: pulumi.Input<HostAccess>;
  /** Address under which the other members reach it. */
  readonly advertiseAddress: pulumi.Input<string>;
  /**
   * Labels of its node. Those that begin with `hive.` and are not here are removed, and so are
   * those whose names any member has or had in the last run; others are left alone.
   */
  readonly labels: pulumi.Input<Readonly<Record<string, pulumi.Input<string>>>>;
  /** Changes exactly when the server was replaced by a new one, which then has to come in again. */
  readonly incarnation: pulumi.Input<string>;
}

export interface SwarmClusterArgs {
  /**
   * In order; a new Swarm begins on the first that answers. Three or more for one to be lost
   * without harm.
   */
  readonly members: pulumi.Input<readonly pulumi.Input<SwarmMemberArgs>[]>;
  /** Dispatcher heartbeat, seconds, 1 to 60: how fast a lost host is noticed. Default 2. */
  readonly heartbeatSeconds?: pulumi.Input<number>;
  /** Finished tasks kept per slot. Default 5, as the engine's. */
  readonly taskHistoryLimit?: pulumi.Input<number>;
  /**
   * CIDR from which overlay networks are cut (/24 each); used only when the Swarm is made. Default:
   * the engine's own.
   */
  readonly overlayPool?: pulumi.Input<string>;
}

/**
 * A Swarm whose members are all managers. Creating adopts a Swarm that the hosts already form; a
 * replaced server comes in again and its dead node is removed; deleting dissolves the Swarm. Works
 * with any minority of the hosts dead.
 */
export class SwarmCluster extends HiveResource {
  declare readonly clusterId: pulumi.Output<string>;
  /** Node ids by host name. */
  declare readonly nodeIds: pulumi.Output<Readonly<Record<string, string>>>;

  constructor(name: string, args: SwarmClusterArgs, opts: pulumi.CustomResourceOptions = {}) {
    super(
      {
        type: "SwarmCluster",
        provider: swarmClusterProvider,
        outputs: ["clusterId", "nodeIds", "complete"],
      },
      name,
      {
        heartbeatSeconds: 2,
        taskHistoryLimit: 5,
        ...args,
      },
      opts,
    );
  }
}
