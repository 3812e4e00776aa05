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
   * foreign one of the name is refused.
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
  /** IPv4 range in CIDR form. Default: the next free one of the Swarm's pool. */
  readonly subnet?: pulumi.Input<string>;
  /** Gateway inside `subnet`. Default: its first address. */
  readonly gateway?: pulumi.Input<string>;
  /** Whether containers that are no tasks may join. */
  readonly attachable: pulumi.Input<boolean>;
  /** Whether there is no way out of it. */
  readonly internal: pulumi.Input<boolean>;
}

/**
 * A network of the Swarm. A changed one is made beside the old one, services move over as they are
 * rolled, and the old one goes at the end: a Swarm removes no network that a service uses, so
 * deleting first would mean taking every service on it down. Services therefore join by
 * {@link networkId}, never by name.
 */
export class SwarmNetwork extends HiveResource {
  /** What services join by. */
  declare readonly networkId: pulumi.Output<string>;
  /**
   * `name`; or `<name>-<8 hex digits of the settings>` if an older network of this site still held
   * the name.
   */
  declare readonly networkName: pulumi.Output<string>;

  constructor(name: string, args: SwarmNetworkArgs, opts: pulumi.CustomResourceOptions = {}) {
    super(
      {
        type: "SwarmNetwork",
        provider: swarmNetworkProvider,
        outputs: ["networkId", "networkName"],
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
