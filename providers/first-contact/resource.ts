import type * as pulumi from "@pulumi/pulumi";
import { HiveResource } from "../framework/hive-resource";
import type { HostAccess } from "../transport/host-access";
import { firstContactProvider } from "./provider";

export interface FirstContactArgs {
  readonly host: pulumi.Input<HostAccess>;
  /** Private key that a new server accepts for the admin user. Secret. */
  readonly bootstrapKey: pulumi.Input<string>;
  /**
   * The script that waits for the server and lets the operators in (`render/first-contact.ts`). It
   * contains no secret.
   */
  readonly script: string;
  /** Lines of the list of operators' keys. */
  readonly operators: pulumi.Input<string>;
  /** Changes exactly when the server was replaced by a new one: then it is contacted again. */
  readonly incarnation: pulumi.Input<string>;
}

/**
 * The gate that opens when a new server has booted and lets the stage's operators in. The server no
 * longer accepts its bootstrap key as soon as the set-up of the host has written the list of
 * operators.
 */
export class FirstContact extends HiveResource {
  constructor(name: string, args: FirstContactArgs, opts: pulumi.CustomResourceOptions = {}) {
    super(
      {
        type: "FirstContact",
        provider: firstContactProvider,
        outputs: [],
        secrets: ["bootstrapKey"],
        folded: ["script"],
      },
      name,
      { ...args },
      // Longer than the limits for the connection (200 s) and the script (400 s) together: the
      // script's own error says what it waited for.
      { customTimeouts: { create: "11m", update: "11m" }, ...opts },
    );
  }
}
