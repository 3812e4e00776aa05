import type * as pulumi from "@pulumi/pulumi";

import { HiveResource } from "../framework/hive-resource";
import type { HostAccess } from "../transport/host-access";
import { volumeProvider } from "./provider";

export interface VolumeOnHostsArgs {
  /** Every host on which a task that mounts the volume may run. */
  readonly hosts: pulumi.Input<readonly pulumi.Input<HostAccess>[]>;
  /** One for each host, in the same order; changes exactly when that server was replaced. */
  readonly incarnations: pulumi.Input<readonly pulumi.Input<string>[]>;
  /** Site that the volume belongs to; stands in the label `hive.site`. */
  readonly site: pulumi.Input<string>;
  /**
   * Name on the engines. Another name is another, empty volume; the old volume is removed with its
   * data.
   */
  readonly name: pulumi.Input<string>;
  /**
   * Docker volume driver. Another driver is refused while the volume exists: its data would be
   * different.
   */
  readonly driver: pulumi.Input<string>;
  /**
   * Options of the driver; as with `driver`, changes are refused. They are readable in the state:
   * they must not contain secrets. Default: none.
   */
  readonly driverOptions?: pulumi.Input<Readonly<Record<string, string>>>;
  /**
   * Whether records of initial data name this volume, although its driver is `local`: then its
   * removal removes the records. Default false.
   */
  readonly recorded?: pulumi.Input<boolean>;
}

/**
 * A Docker volume of one name on the Docker Engine of every host. A minority of unreachable hosts
 * is tolerated, and tried again at every run. A volume of the same name from another site or owner
 * is refused, and never removed. Data are deleted only when the program removes or renames the
 * volume, and then all of them; a warning reports it.
 */
export class VolumeOnHosts extends HiveResource {
  declare readonly name: pulumi.Output<string>;
  /** Names of hosts that did not answer and so may not have the volume. */
  declare readonly missing: pulumi.Output<string[]>;

  constructor(name: string, args: VolumeOnHostsArgs, opts: pulumi.CustomResourceOptions = {}) {
    super(
      // The type that states hold.
      { type: "Volume", provider: volumeProvider, outputs: ["missing"], folded: ["hosts"] },
      name,
      {
        ...args,
        driverOptions: args.driverOptions ?? {},
      },
      opts,
    );
  }
}
