import type * as pulumi from "@pulumi/pulumi";

import { HiveResource } from "../framework/hive-resource";
import type { HostAccess } from "../transport/host-access";
import { volumeProvider } from "./provider";

export interface VolumeArgs {
  /** Every host on which a task that mounts the volume may run. */
  readonly hosts: pulumi.Input<readonly pulumi.Input<HostAccess>[]>;
  /** One for each host, in the same order; changes exactly when that server was replaced. */
  readonly incarnations: pulumi.Input<readonly pulumi.Input<string>[]>;
  /** Site that the volume belongs to; stands in the label `hive.site`. */
  readonly site: pulumi.Input<string>;
  /**
   * Name on the engines. Another name is another, empty volume; the old one is removed with its
   * data.
   */
  readonly name: pulumi.Input<string>;
  /**
   * Docker volume driver. Another one is refused while the volume exists: that would mean other
   * data.
   */
  readonly driver: pulumi.Input<string>;
  /**
   * Options of the driver; as with `driver`, others are refused. They can be read in the state: no
   * place for secrets. Default: none.
   */
  readonly driverOptions?: pulumi.Input<Readonly<Record<string, string>>>;
  /**
   * Whether initial data are recorded by this volume, although its driver is `local`: then its
   * removal ends the record. Default false.
   */
  readonly recorded?: pulumi.Input<boolean>;
}

/**
 * A Docker volume of one name on the engine of every host. A minority of hosts that do not answer
 * is tolerated, and tried again at every run. A volume of the name that another site or somebody
 * else made is refused, and never removed. Nothing but the removal or another name in the program
 * deletes data, and then all of them; a line says so.
 */
export class Volume extends HiveResource {
  declare readonly name: pulumi.Output<string>;
  /** Names of hosts that did not answer and so may not have the volume. */
  declare readonly missing: pulumi.Output<string[]>;

  constructor(name: string, args: VolumeArgs, opts: pulumi.CustomResourceOptions = {}) {
    super(
      { type: "Volume", provider: volumeProvider, outputs: ["missing"] },
      name,
      {
        ...args,
        driverOptions: args.driverOptions ?? {},
      },
      opts,
    );
  }
}
