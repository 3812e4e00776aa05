import type * as pulumi from "@pulumi/pulumi";
import { HiveResource } from "../../../providers/framework/hive-resource";
import { type LostParts, type ObservedParts, observedInstanceProvider } from "./provider";

export interface ObservedInstanceArgs {
  readonly instanceId: pulumi.Input<string>;
  /** What the instance is to have, besides that it runs: the provider's `WantedParts`. */
  readonly wanted: {
    readonly address: pulumi.Input<string>;
    readonly disks: Readonly<Record<string, pulumi.Input<string>>>;
  };
  /** What it has, as EC2 says at this moment; undefined if EC2 does not know it. */
  readonly observed: pulumi.Input<ObservedParts | undefined>;
}

/**
 * Notices what an instance lost outside of Pulumi: that it runs, its address, a disk. Resources for
 * these parts have the counts as `replacementTrigger`, so that a plain `up` makes the part again,
 * and its preview shows it.
 */
export class ObservedInstance extends HiveResource {
  declare readonly lost: pulumi.Output<LostParts>;

  constructor(name: string, args: ObservedInstanceArgs, opts: pulumi.CustomResourceOptions = {}) {
    super(
      {
        type: "ObservedInstance",
        // Other resources depend on what it says.
        revision: 1,
        provider: observedInstanceProvider,
        outputs: ["lost"],
      },
      name,
      { ...args },
      opts,
    );
  }
}
