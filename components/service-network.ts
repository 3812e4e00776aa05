import type * as pulumi from "@pulumi/pulumi";
import type { OverlayPlan, Plan } from "../model/plan";
import { SwarmNetwork } from "../providers/swarm-network/resource";
import type { Host } from "../fleet/fleet";
import { HiveComponent } from "../providers/framework/hive-component";

/** A network that services join. */
export interface JoinedNetwork {
  readonly networkId: pulumi.Output<string>;
}

export interface ServiceNetworkArgs {
  readonly plan: Plan;
  readonly overlay: OverlayPlan;
  readonly managers: readonly Host[];
}

/** A network of the Swarm, over which tasks on all hosts reach each other. */
export class ServiceNetwork extends HiveComponent implements JoinedNetwork {
  readonly networkId: pulumi.Output<string>;

  constructor(name: string, args: ServiceNetworkArgs, opts: pulumi.ComponentResourceOptions) {
    super("ServiceNetwork", name, opts);
    const { overlay } = args;
    const network = new SwarmNetwork(
      this.child("network"),
      {
        managers: args.managers.map((host) => host.access),
        site: args.plan.siteName,
        name: overlay.swarmName,
        driver: overlay.driver,
        driverOptions: overlay.driverOptions,
        ...(overlay.subnet === undefined ? {} : { subnet: overlay.subnet }),
        ...(overlay.gateway === undefined ? {} : { gateway: overlay.gateway }),
        attachable: overlay.attachable,
        internal: overlay.internal,
      },
      { parent: this },
    );
    this.networkId = network.networkId;
    this.registerOutputs({});
  }
}
