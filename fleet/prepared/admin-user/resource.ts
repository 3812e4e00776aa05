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
   * Makes the admin user, as root (`render/admin-user.ts`). It stands in the state: no place for
   * secrets.
   */
  readonly command: string;
  /** Limit of that command, seconds. */
  readonly timeoutSeconds: number;
  /** Secret. Whose password it is: the first user's. Default: the operator's key lets in. */
  readonly password?: pulumi.Input<string>;
  /** Takes from the server what hive put there, when the resource goes. */
  readonly removal: string;
  /** Limit of the removal, seconds. */
  readonly removalSeconds: number;
}

/**
 * The admin user of a server that exists: the first contact, once, and later nothing. A server on
 * which the admin user can log in already is adopted. When the resource goes, so does what hive put
 * on the server; the server, the admin user, the Docker Engine and packages stay.
 */
export class AdminUser extends HiveResource {
  constructor(name: string, args: AdminUserArgs, opts: pulumi.CustomResourceOptions = {}) {
    const { timeoutSeconds, removalSeconds } = args;
    super(
      {
        type: "AdminUser",
        provider: adminUserProvider,
        secrets: ["password"],
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
