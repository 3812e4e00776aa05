import type * as pulumi from "@pulumi/pulumi";

import { HiveResource } from "../framework/hive-resource";
import type { HostAccess } from "../transport/host-access";
import { externalObjectProvider } from "./provider";

export interface ExternalObjectArgs {
  readonly kind: "network" | "volume" | "secret" | "config";
  /** Its name in the Swarm; for a volume, its name on the Docker Engines. */
  readonly name: pulumi.Input<string>;
  /**
   * For a volume: the hosts that need it. Else the managers; any healthy one of them is asked.
   */
  readonly hosts: pulumi.Input<readonly pulumi.Input<HostAccess>[]>;
}

/**
 * An object that a service uses and somebody else manages. It is looked up, and never created,
 * changed or removed. When it is missing, this resource fails, and so do those that need it.
 */
export class ExternalObject extends HiveResource {
  /** Id in the Swarm; for a volume its name. */
  declare readonly objectId: pulumi.Output<string>;
  /** Its name in the Swarm. */
  declare readonly objectName: pulumi.Output<string>;
  /** Driver of a network or a volume; empty for others. */
  declare readonly driver: pulumi.Output<string>;

  constructor(name: string, args: ExternalObjectArgs, opts: pulumi.CustomResourceOptions = {}) {
    super(
      {
        type: "ExternalObject",
        provider: externalObjectProvider,
        outputs: ["objectId", "objectName", "driver"],
        folded: ["hosts"],
      },
      name,
      { ...args },
      opts,
    );
  }
}
