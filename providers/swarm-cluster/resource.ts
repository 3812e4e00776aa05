import type * as pulumi from "@pulumi/pulumi";

import type { HostAccess } from "../transport/host-access";
import { HiveResource } from "../framework/hive-resource";
import { swarmClusterProvider } from "./provider";

/** A host that hive makes a manager. */
export interface SwarmMemberArgs {
  readonly access: pulumi.Input<HostAccess>;
  /** Address at which the other members reach it. */
  readonly advertiseAddress: pulumi.Input<string>;
  /**
   * Labels of its node. hive removes labels that are not in this list if they begin with `hive.`,
   * or if any member has or had a label of this name in the last run. It leaves others alone.
   */
  readonly labels: pulumi.Input<Readonly<Record<string, pulumi.Input<string>>>>;
  /** Changes exactly when the server was replaced by a new one, which then has to join again. */
  readonly incarnation: pulumi.Input<string>;
}

export interface SwarmClusterArgs {
  /**
   * In order; a new Swarm starts on the first one that answers. With three or more, one may be
   * lost.
   */
  readonly members: pulumi.Input<readonly pulumi.Input<SwarmMemberArgs>[]>;
  /** Dispatcher heartbeat, seconds, 1 to 60: how fast a lost host is noticed. Default 2. */
  readonly heartbeatSeconds?: pulumi.Input<number>;
  /** Finished tasks kept per slot. Default 5, as in Docker Engine. */
  readonly taskHistoryLimit?: pulumi.Input<number>;
  /**
   * CIDR from which overlay networks are cut (/24 each); used only when the Swarm is created.
   * Default: the Docker Engine's own.
   */
  readonly overlayPool?: pulumi.Input<string>;
}

/**
 * A Swarm in which every member is a manager. Creating adopts a Swarm that the hosts already form;
 * a replaced server joins again and its dead node is removed; deleting dissolves the Swarm. It
 * works while any minority of the hosts is dead.
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
