import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Plan } from "../model/plan";
import { engineStep } from "../render/engine";
import { firewallStep } from "../render/firewall";
import { baseStep } from "../render/host-base";
import type { Host } from "../fleet/fleet";
import { HiveComponent } from "../providers/framework/hive-component";

/** Arguments of {@link HostSetup}. */
export interface HostSetupArgs {
  readonly plan: Plan;
  readonly host: Host;
  /** PEM of the site's own authority, which every host trusts for the registry. */
  readonly authorityCertificate: pulumi.Input<string>;
  /**
   * The set-up of the host before this one in the chain. The engine step restarts Docker where its settings
   * changed: never on two hosts at once, and not before the previous one is healthy again.
   */
  readonly after?: HostSetup;
}

/**
 * Makes a plain Linux server a host of the site.
 *
 * Creates: `base` (names, users, kernel settings, journal, time), `firewall`, `engine` (settings, trust), each a
 * converge step that may run any number of times and runs again only when its text changed or the server was replaced.
 */
export class HostSetup extends HiveComponent {
  /** The last step; what needs the host's engine depends on it. */
  readonly engine: command.remote.Command;
  private readonly host: Host;

  constructor(name: string, args: HostSetupArgs, opts: pulumi.ComponentResourceOptions) {
    super("HostSetup", name, opts);
    this.host = args.host;

    const base = this.step("base", baseStep(args.plan, args.host.plan), [args.host.ready]);
    const firewall = this.step("firewall", firewallStep(args.plan, args.host.plan), [base]);
    this.engine = this.step(
      "engine",
      pulumi
        .output(args.authorityCertificate)
        .apply((certificate) => engineStep(args.plan, args.host.plan, certificate)),
      [firewall, ...(args.after === undefined ? [] : [args.after.engine])],
    );

    this.registerOutputs({});
  }

  private step(
    noun: string,
    script: pulumi.Input<string>,
    dependsOn: pulumi.Resource[],
  ): command.remote.Command {
    return new command.remote.Command(
      this.child(noun),
      {
        connection: this.host.connection,
        create: script,
        triggers: [this.host.incarnation],
        addPreviousOutputInEnv: false,
      },
      // Longer than a host is dialled (205 s) and the longest step then takes by its own limit (900 s), whose error says more.
      { parent: this, dependsOn, customTimeouts: { create: "20m", update: "20m" } },
    );
  }
}
