import * as pulumi from "@pulumi/pulumi";

import { packed } from "../packed";
import type { HostAccess } from "../transport/host-access";
import { swarmConfigProvider } from "./provider";

/** Arguments of {@link SwarmConfig}. */
export interface SwarmConfigArgs {
  /** Hosts that are managers; any that is healthy is asked. */
  readonly managers: pulumi.Input<readonly pulumi.Input<HostAccess>[]>;
  /** Site that the config belongs to; stands in the label `hive.site`. */
  readonly site: pulumi.Input<string>;
  /** Name in the site, up to 55 characters; stands in the label `hive.name`. */
  readonly name: pulumi.Input<string>;
  /** What tasks read; whoever may list configs can read it too. Less than 500 KiB, not empty. */
  readonly content: pulumi.Input<string>;
  /** Whether the Swarm fills Go templates in for each task. */
  readonly template: pulumi.Input<boolean>;
}

/** Bumped when code that runs from the state (`read`, `delete`) changes, so that the new text gets there. */
const REVISION = 1;

/**
 * A config of the Swarm. It cannot be changed there: other content is another config under another name, made before the
 * old one goes, so that services roll from one to the other and can roll back.
 */
export class SwarmConfig extends pulumi.dynamic.Resource {
  /** Id in the Swarm. */
  declare readonly configId: pulumi.Output<string>;
  /** `<name>-<8 hex digits of SHA-256 of content and template>` */
  declare readonly configName: pulumi.Output<string>;

  constructor(name: string, args: SwarmConfigArgs, opts: pulumi.CustomResourceOptions = {}) {
    super(
      packed("swarm-config", swarmConfigProvider),
      name,
      {
        configId: undefined,
        configName: undefined,
        holder: undefined,
        ...args,
        revision: REVISION,
      },
      opts,
      "hive",
      "SwarmConfig",
    );
  }
}
