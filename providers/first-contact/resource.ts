import type * as pulumi from "@pulumi/pulumi";
import { HiveResource } from "../framework/hive-resource";
import type { HostAccess } from "../transport/host-access";
import { firstContactProvider } from "./provider";

export interface FirstContactArgs {
  readonly host: pulumi.Input<HostAccess>;
  /** Private key that the server lets in as the admin user when it is new. Secret. */
  readonly bootstrapKey: pulumi.Input<string>;
  /**
   * What waits for the server and lets the operators in (`render/first-contact.ts`). No secret is
   * in it.
   */
  readonly script: string;
  /** Lines of the list of operators' keys. */
  readonly operators: pulumi.Input<string>;
  /** Changes exactly when the server was replaced by a new one: then it is met again. */
  readonly incarnation: pulumi.Input<string>;
}

/**
 * The gate that opens when a new server has booted and lets the stage's operators in. Its bootstrap
 * key opens nothing any more as soon as the set-up of the host has written the list of operators.
 */
export class FirstContact extends HiveResource {
  constructor(name: string, args: FirstContactArgs, opts: pulumi.CustomResourceOptions = {}) {
    super(
      {
        type: "FirstContact",
        provider: firstContactProvider,
        outputs: [],
        secrets: ["bootstrapKey"],
      },
      name,
      { ...args },
      // Longer than the server is dialled (200 s) and the script waits then (400 s): its own error
      // says what it waited for.
      { customTimeouts: { create: "11m", update: "11m" }, ...opts },
    );
  }
}
