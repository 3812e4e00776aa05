import type * as pulumi from "@pulumi/pulumi";

import { HiveResource } from "../framework/hive-resource";
import type { SwarmObjectArgs } from "../swarm-object/resource";
import { swarmConfigProvider } from "./provider";

export interface SwarmConfigArgs extends SwarmObjectArgs {
  /**
   * The content for tasks; everybody who may list configs can read it too. Less than 500 KiB, not
   * empty.
   */
  readonly content: pulumi.Input<string>;
  /** Whether the Swarm fills in Go templates for each task. */
  readonly template: pulumi.Input<boolean>;
}

/**
 * A config of the Swarm. It cannot be changed there: other content is another config with another
 * name. It is created before the old one is removed, so that services roll from one to the other
 * and can roll back.
 */
export class SwarmConfig extends HiveResource {
  /** Id in the Swarm. */
  declare readonly configId: pulumi.Output<string>;
  /** `<name>-<8 hex digits of SHA-256 of content and template>` */
  declare readonly configName: pulumi.Output<string>;

  constructor(name: string, args: SwarmConfigArgs, opts: pulumi.CustomResourceOptions = {}) {
    super(
      {
        type: "SwarmConfig",
        provider: swarmConfigProvider,
        outputs: ["configId", "configName", "holder"],
        folded: ["managers"],
      },
      name,
      {
        ...args,
      },
      opts,
    );
  }
}
