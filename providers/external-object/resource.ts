import type * as pulumi from "@pulumi/pulumi";

import { HiveResource } from "../framework/hive-resource";
import type { HostAccess } from "../transport/host-access";
import { externalObjectProvider } from "./provider";

export interface ExternalObjectArgs {
  readonly kind: "network" | "volume" | "secret" | "config";
  /** Its name in the Swarm, or of a volume on the engines. */
  readonly name: pulumi.Input<string>;
  /**
   * Of a volume: the hosts on whose engines it has to be. Else managers, any healthy one of which
   * is asked.
   */
  readonly hosts: pulumi.Input<readonly pulumi.Input<HostAccess>[]>;
}

/**
 * Something that a service uses and that somebody else has made. It is looked for, and never made,
 * changed or removed; when it is missing, the resource fails, and with it what needs it.
 */
export class ExternalObject extends HiveResource {
  /** Id in the Swarm; of a volume its name. */
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
      },
      name,
      { ...args },
      opts,
    );
  }
}
