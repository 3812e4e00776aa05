import type * as pulumi from "@pulumi/pulumi";
import { HiveResource } from "../../../providers/framework/hive-resource";
import type { HostAccess } from "../../../providers/transport/host-access";
import { adminUserProvider } from "./provider";

export interface AdminUserArgs {
  /** How the server is reached as soon as it has the admin user. */
  readonly host: pulumi.Input<HostAccess>;
  /** Who logs in for the first contact: root, or a user that sudo lets become root. */
  readonly firstUser: string;
  /**
   * The command that creates the admin user, as root (`render/admin-user.ts`). The state contains
   * it: it must not contain secrets.
   */
  readonly command: string;
  /** Limit of that command, seconds. */
  readonly timeoutSeconds: number;
  /** Secret. The first user's password. Default: none; the login uses the operator's key. */
  readonly password?: pulumi.Input<string>;
  /** The command that removes hive from the server when the resource is deleted. */
  readonly removal: string;
  /** Limit of the removal, seconds. */
  readonly removalSeconds: number;
}

/**
 * The admin user of an existing server: the first contact happens once. A server on which the admin
 * user can already log in is adopted. Deleting the resource removes hive from the server; the
 * server, the admin user, the Docker Engine and packages stay.
 */
export class AdminUser extends HiveResource {
  constructor(name: string, args: AdminUserArgs, opts: pulumi.CustomResourceOptions = {}) {
    const { timeoutSeconds, removalSeconds } = args;
    super(
      {
        type: "AdminUser",
        provider: adminUserProvider,
        secrets: ["password"],
        folded: ["command", "removal"],
      },
      name,
      { ...args, state: "ready" },
      {
        // Longer than the command's own limit, whose error says more.
        customTimeouts: {
          create: `${timeoutSeconds + 240}s`,
          update: `${timeoutSeconds + 240}s`,
          delete: `${removalSeconds + 240}s`,
        },
        ...opts,
      },
    );
  }
}
