import * as pulumi from "@pulumi/pulumi";
import type { HostPlan, OperatorPlan, Plan } from "../../model/plan";
import { HiveComponent } from "../../providers/framework/hive-component";
import {
  adminUserCommand,
  firstContactSeconds,
  removalCommand,
  removalSeconds,
} from "../../render/admin-user";
import type { Fleet, FleetArgs, Host } from "../fleet";
import { accessOf } from "./access";
import { AdminUser } from "./admin-user/resource";
import type { PreparedServer } from "./options";

export interface PreparedFleetArgs extends FleetArgs {
  readonly plan: Plan;
}

/**
 * Servers that exist already: bare metal, or rented elsewhere. hive never creates, reboots or
 * destroys them.
 *
 * Creates: per server its admin user, over which everything else is set up.
 */
export class PreparedFleet extends HiveComponent implements Fleet {
  readonly hosts: readonly Host[];
  readonly operators: pulumi.Output<readonly OperatorPlan[]>;
  private readonly plan: Plan;

  constructor(name: string, args: PreparedFleetArgs, opts: pulumi.ComponentResourceOptions) {
    super("PreparedFleet", name, opts);
    this.plan = args.plan;
    this.operators = pulumi.output(args.plan.ssh.operators);
    this.hosts = args.plan.hosts.map((host) => this.host(host));
    this.registerOutputs({});
  }

  private host(host: HostPlan): Host {
    const server = this.serverOf(host);
    const access = accessOf(this.plan, host, server);
    const publicAddress = server.publicAddress ?? server.address;
    const adminUser = new AdminUser(
      this.child(`${host.logicalName}-admin-user`),
      {
        host: access,
        firstUser: server.user,
        command: adminUserCommand(this.plan),
        timeoutSeconds: firstContactSeconds,
        ...this.passwordOf(host),
        removal: removalCommand(this.plan),
        removalSeconds,
      },
      { parent: this },
    );
    return {
      plan: host,
      access: pulumi.output(access),
      // A reinstalled server has another key.
      instanceId: pulumi.output(access.hostKey),
      publicAddress: pulumi.output(publicAddress),
      endpointOf: (port) => pulumi.output({ address: publicAddress, port }),
      disk: (volume) => {
        const device = host.devices?.[volume];
        return device === undefined ? undefined : pulumi.output(device);
      },
      ready: adminUser,
    };
  }

  /**
   * The one-time password of a server, if it has one. It comes straight from the stage, because the
   * plan contains no passwords.
   */
  private passwordOf({ logicalName }: HostPlan): { password?: pulumi.Output<string> } {
    if (this.plan.oneTimePasswords?.includes(logicalName) !== true) return {};
    const passwords = new pulumi.Config("hive").requireSecretObject<Record<string, string>>(
      "oneTimePasswords",
    );
    return { password: passwords.apply((all) => all[logicalName] ?? "") };
  }

  /** @throws Error when the stage does not name the server, which validation excludes */
  private serverOf({ logicalName }: HostPlan): PreparedServer {
    const server = this.plan.prepared?.hosts[logicalName];
    if (server === undefined) throw new Error(`The stage has no server ${logicalName}.`);
    return server;
  }
}
