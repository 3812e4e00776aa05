import type * as pulumi from "@pulumi/pulumi";
import { HiveResource } from "../framework/hive-resource";
import type { HostStepArgs } from "../host-step/resource";
import type { SwarmClusterArgs } from "../swarm-cluster/resource";
import { returningStepProvider } from "./provider";

export interface ReturningStepArgs extends HostStepArgs {
  /** Changes exactly when the server was away: replaced, or stopped for another type. */
  readonly machine: pulumi.Input<string>;
  /**
   * The Swarm to which the server belongs. It must not depend on the machines of other servers, as
   * these wait for this step.
   */
  readonly swarm: SwarmClusterArgs;
}

/** What a return may take beyond the step itself, seconds: boot, join, tasks. */
const returnSeconds = 200 + 300 + 700;

/**
 * The last step of a cluster server that the fleet replaces, or stops for another type, while the
 * others serve: it is done when the server is back in the Swarm and no service lacks a task. The
 * next server that goes away depends on it.
 */
export class ReturningStep extends HiveResource {
  /** Whether the step is still to be done because the host did not answer. */
  declare readonly missing: pulumi.Output<boolean>;

  constructor(name: string, args: ReturningStepArgs, opts: pulumi.CustomResourceOptions = {}) {
    const { timeoutSeconds = 300, meaning = {}, ...rest } = args;
    const limit = `${timeoutSeconds + 240 + returnSeconds}s`;
    super(
      {
        type: "ReturningStep",
        provider: returningStepProvider,
        outputs: ["missing"],
        secrets: ["input"],
        folded: ["host", "script", "swarm"],
      },
      name,
      { ...meaning, ...rest, timeoutSeconds, state: "converged" },
      // Longer than the limits of its parts, whose errors say more.
      { customTimeouts: { create: limit, update: limit }, ...opts },
    );
  }
}
