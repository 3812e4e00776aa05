import type * as pulumi from "@pulumi/pulumi";
import type { Plan } from "../model/plan";
import { nodeLabels } from "../model/swarm/node-labels";
import {
  SwarmCluster as SwarmClusterResource,
  type SwarmClusterArgs as SwarmArgs,
} from "../providers/swarm-cluster/resource";
import type { Host } from "../fleet/fleet";
import { HiveComponent } from "../providers/framework/hive-component";

export interface SwarmClusterArgs {
  readonly plan: Plan;
  /** All of them become managers. */
  readonly hosts: readonly Host[];
}

/**
 * The Swarm as it should be.
 *
 * @param incarnationOf changes exactly when a server was replaced
 */
export function swarmOf(
  { plan, hosts }: SwarmClusterArgs,
  incarnationOf: (host: Host) => pulumi.Input<string>,
): SwarmArgs {
  return {
    members: hosts.map((host) => ({
      access: host.access,
      advertiseAddress: host.plan.privateAddress,
      labels: nodeLabels(host.plan),
      incarnation: incarnationOf(host),
    })),
    heartbeatSeconds: plan.swarm.heartbeatSeconds,
    taskHistoryLimit: plan.swarm.taskHistoryLimit,
    overlayPool: plan.network.overlayPool,
  };
}

/** The Swarm: every cluster host is a manager, so that any of them can lead and any can be lost. */
export class SwarmCluster extends HiveComponent {
  /** Resolves when every manager has joined. */
  readonly membership: SwarmClusterResource;

  constructor(name: string, args: SwarmClusterArgs, opts: pulumi.ComponentResourceOptions) {
    super("SwarmCluster", name, opts);
    this.membership = new SwarmClusterResource(
      this.child("membership"),
      swarmOf(args, ({ instanceId }) => instanceId),
      { parent: this },
    );
    this.registerOutputs({});
  }
}
