import type * as pulumi from "@pulumi/pulumi";
import { HiveResource } from "../framework/hive-resource";
import type { HostAccess } from "../transport/host-access";
import { hostStepProvider } from "./provider";

export interface HostStepArgs {
  readonly host: pulumi.Input<HostAccess>;
  /** Changes exactly when the server was replaced by a new one: then the step is done again. */
  readonly incarnation: pulumi.Input<string>;
  /** Name of the step in messages: `base and firewall`. */
  readonly step: string;
  /**
   * The command that converges (`render/converge.ts`). It is visible in the state and in the host's
   * process list: it must not contain secrets.
   */
  readonly script: pulumi.Input<string>;
  /** The step's standard input. Secret. Default: empty. */
  readonly input?: pulumi.Input<string>;
  /**
   * What the step means for the host, for a reader of a preview: the script itself is not shown
   * there. Each is an input of its own, by its name: `openPorts: "80/tcp, 443/tcp"`. Default: none.
   */
  readonly meaning?: Readonly<Record<string, pulumi.Input<string>>>;
  /** The step's own limit, seconds. Default 300, the step's own default. */
  readonly timeoutSeconds?: number;
}

/**
 * One part of a host in the wanted state: a convergent command, which runs again when its text
 * changed or the server was replaced. A refresh checks the host and shows the differences. A host
 * that does not answer does not stop the others: the step is *missing* there, and the first run
 * that reaches the host does it.
 */
export class HostStep extends HiveResource {
  /** Whether the step is still to be done because the host did not answer. */
  declare readonly missing: pulumi.Output<boolean>;

  constructor(name: string, args: HostStepArgs, opts: pulumi.CustomResourceOptions = {}) {
    const { timeoutSeconds = 300, meaning = {}, ...rest } = args;
    super(
      {
        type: "HostStep",
        provider: hostStepProvider,
        outputs: ["missing"],
        secrets: ["input"],
        folded: ["host", "script"],
      },
      name,
      { ...meaning, ...rest, timeoutSeconds, state: "converged" },
      // Longer than the step's own limit, whose error says more.
      {
        customTimeouts: { create: `${timeoutSeconds + 240}s`, update: `${timeoutSeconds + 240}s` },
        ...opts,
      },
    );
  }
}
