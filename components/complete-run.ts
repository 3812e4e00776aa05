import * as pulumi from "@pulumi/pulumi";
import type { PlanSnapshot } from "../model/changes/snapshot";

export interface CompleteRunArgs {
  readonly snapshot: PlanSnapshot;
  /** Known when everything of the run has been done. */
  readonly done: pulumi.Output<unknown>;
  /** The run has targets: most of what the snapshot says is not done. */
  readonly partial: boolean;
}

/**
 * Keeps in the state what the last complete run has built, for `hive up` and `hive preview`. It is
 * a component of its own, because a component whose outputs are not registered keeps those of the
 * last run: that is what happens here when a run fails, is interrupted or has targets. As an output
 * of a component it is no difference in a preview, and none of the stack's outputs.
 */
export class CompleteRun extends pulumi.ComponentResource {
  constructor(name: string, args: CompleteRunArgs, opts: pulumi.ComponentResourceOptions) {
    super("hive:index:CompleteRun", name, {}, opts);
    // Not called for what is not known: in a preview, and after a failure.
    if (!args.partial) args.done.apply(() => this.registerOutputs({ snapshot: args.snapshot }));
  }

  /** Pulumi calls it without outputs after the constructor: this would remove the earlier ones. */
  protected override registerOutputs(outputs?: pulumi.Inputs): void {
    if (outputs !== undefined) super.registerOutputs(outputs);
  }
}
