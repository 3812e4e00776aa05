import type * as pulumi from "@pulumi/pulumi";
import { HiveResource } from "../../../providers/framework/hive-resource";
import type { HostAccess } from "../../../providers/transport/host-access";
import { firstSessionProvider } from "./provider";

export interface FirstSessionArgs {
  /** How the server is reached with its own host key. */
  readonly host: pulumi.Input<HostAccess>;
  /** Private key that a new server accepts for the admin user. Secret. */
  readonly bootstrapKey: pulumi.Input<string>;
  /** Public host key that its user data gave the instance. */
  readonly bootHostKey: pulumi.Input<string>;
  /** The server's own host key, private. Secret. */
  readonly hostPrivateKey: pulumi.Input<string>;
  /** The command that replaces the host key (`render/host-key.ts`). It contains no secret. */
  readonly keyCommand: string;
  /** Limit of that command, seconds. */
  readonly keySeconds: number;
  /**
   * The script that waits for the server and lets the operators in (`render/first-contact.ts`). It
   * contains no secret.
   */
  readonly script: string;
  /** Lines of the list of operators' keys. */
  readonly operators: pulumi.Input<string>;
  /** The instance's id: another instance has a first session of its own. */
  readonly incarnation: pulumi.Input<string>;
}

/**
 * The first session with a new instance: it has booted, has its own host key in place of the one in
 * its user data, and lets the stage's operators in. Nothing in the user data is a secret
 * afterwards.
 */
export class FirstSession extends HiveResource {
  constructor(name: string, args: FirstSessionArgs, opts: pulumi.CustomResourceOptions = {}) {
    super(
      {
        type: "FirstSession",
        provider: firstSessionProvider,
        outputs: [],
        secrets: ["bootstrapKey", "hostPrivateKey"],
        folded: ["script", "keyCommand"],
      },
      name,
      { ...args },
      // Longer than the limits for the connections (200 s each), the host key (60 s) and the script
      // (400 s) together: the script's own error says what it waited for.
      { customTimeouts: { create: "16m", update: "16m" }, ...opts },
    );
  }
}
