import type * as pulumi from "@pulumi/pulumi";

import { HiveResource } from "../framework/hive-resource";
import type { SwarmObjectArgs } from "../swarm-object/resource";
import { swarmSecretProvider } from "./provider";

export interface SwarmSecretArgs extends SwarmObjectArgs {
  /** The value for tasks. Treated as secret. Less than 500 KiB, not empty. */
  readonly value: pulumi.Input<string>;
  /**
   * Key of the hash in the name, one for all secrets of a stage. Treated as secret. Another key
   * renames every secret.
   */
  readonly salt: pulumi.Input<string>;
}

/**
 * A secret of the Swarm. It cannot be changed there: another value is another secret with another
 * name. It is created before the old one is removed, so that services roll from one to the other
 * and can roll back.
 */
export class SwarmSecret extends HiveResource {
  /** Id in the Swarm. */
  declare readonly secretId: pulumi.Output<string>;
  /**
   * `<name>-<8 hex digits of HMAC-SHA256(salt, value)>`: keyed, so that it reveals nothing about a
   * weak password.
   */
  declare readonly secretName: pulumi.Output<string>;

  constructor(name: string, args: SwarmSecretArgs, opts: pulumi.CustomResourceOptions = {}) {
    super(
      {
        type: "SwarmSecret",
        provider: swarmSecretProvider,
        outputs: ["secretId", "secretName", "holder"],
        secrets: ["value", "salt"],
        folded: ["managers"],
      },
      name,
      {
        ...args,
      },
      opts,
    );
  }
}
