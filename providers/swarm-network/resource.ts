import type * as pulumi from "@pulumi/pulumi";

import { HiveResource } from "../framework/hive-resource";
import type { HostAccess } from "../transport/host-access";
import { swarmNetworkProvider } from "./provider";

/**
 * A Swarm fixes all of them when it creates a network: another value makes another network.
 */
export interface SwarmNetworkArgs {
  /** Hosts that are managers; any that is healthy is asked. */
  readonly managers: pulumi.Input<readonly pulumi.Input<HostAccess>[]>;
  /**
   * Site that the network belongs to. An equal network is adopted if it belongs to this site; a
   * network of another owner with this name is refused.
   */
  readonly site: pulumi.Input<string>;
  /**
   * Name in the Swarm, as long as no older network of this site holds it: see
   * {@link SwarmNetwork.networkName}.
   */
  readonly name: pulumi.Input<string>;
  /** Driver of the network, e.g. `overlay`. */
  readonly driver: pulumi.Input<string>;
  /** Default: none. */
  readonly driverOptions?: pulumi.Input<Readonly<Record<string, string>>>;
  /** IPv4 range in CIDR notation. Default: the next free one of the Swarm's pool. */
  readonly subnet?: pulumi.Input<string>;
  /** Gateway inside `subnet`. Default: its first address. */
  readonly gateway?: pulumi.Input<string>;
  /** Whether containers outside of the Swarm's tasks may join. */
  readonly attachable: pulumi.Input<boolean>;
  /** Whether the network has no connection to the outside. */
  readonly internal: pulumi.Input<boolean>;
}

/**
 * A network of the Swarm. A changed network is created beside the old one, services move to it when
 * they are updated, and the old one is removed at the end. A Swarm does not remove a network in
 * use, so deleting it first would stop every service on it. Services therefore join by
 * {@link networkId}, never by name.
 */
export class SwarmNetwork extends HiveResource {
  /** The id by which services join. */
  declare readonly networkId: pulumi.Output<string>;
  /**
   * `name`; or `<name>-<8 hex digits of the settings>` if an older network of this site still had
   * the name.
   */
  declare readonly networkName: pulumi.Output<string>;

  constructor(name: string, args: SwarmNetworkArgs, opts: pulumi.CustomResourceOptions = {}) {
    super(
      {
        type: "SwarmNetwork",
        provider: swarmNetworkProvider,
        outputs: ["networkId", "networkName"],
        folded: ["managers"],
      },
      name,
      {
        ...args,
        driverOptions: args.driverOptions ?? {},
      },
      opts,
    );
  }
}
