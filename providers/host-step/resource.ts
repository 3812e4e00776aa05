import type * as pulumi from "@pulumi/pulumi";
import { HiveResource } from "../framework/hive-resource";
import type { HostAccess } from "../transport/host-access";
import { hostStepProvider } from "./provider";

export interface HostStepArgs {
  readonly host: pulumi.Input<HostAccess>;
  /** Changes exactly when the server was replaced by a new one: then the step is done again. */
  readonly incarnation: pulumi.Input<string>;
  /** What it is called, in messages: `firewall`. */
  readonly step: string;
  /**
   * The command that converges (`render/converge.ts`). It stands in the state and in the host's
   * process list: no place for secrets.
   */
  readonly script: pulumi.Input<string>;
  /** The step's standard input. Secret. Default: empty. */
  readonly input?: pulumi.Input<string>;
  /** The step's own limit, seconds. Default 300, as of a step itself. */
  readonly timeoutSeconds?: number;
}

/**
 * One part of a host is as it should be: a convergent command, run again when its text changed or
 * the server was replaced. A refresh looks on the host and shows what differs. A host that does not
 * answer stops nobody else: the step is *missing* there, and done by the first run after the host
 * is back.
 */
export class HostStep extends HiveResource {
  /** Whether the host did not answer, so that the step is still to be done. */
  declare readonly missing: pulumi.Output<boolean>;

  constructor(name: string, args: HostStepArgs, opts: pulumi.CustomResourceOptions = {}) {
    const { timeoutSeconds = 300 } = args;
    super(
      {
        type: "HostStep",
        provider: hostStepProvider,
        outputs: ["missing"],
        secrets: ["input"],
      },
      name,
      { ...args, timeoutSeconds, state: "converged" },
      // Longer than the step's own limit, whose error says more.
      {
        customTimeouts: { create: `${timeoutSeconds + 240}s`, update: `${timeoutSeconds + 240}s` },
        ...opts,
      },
    );
  }
}
