import type * as pulumi from "@pulumi/pulumi";

import { HiveResource } from "../framework/hive-resource";
import type { SwarmObjectArgs } from "../swarm-object/resource";
import { swarmSecretProvider } from "./provider";

export interface SwarmSecretArgs extends SwarmObjectArgs {
  /** What tasks read. Treated as secret. Less than 500 KiB, not empty. */
  readonly value: pulumi.Input<string>;
  /**
   * Key of the hash in the name, one for all secrets of a stage. Treated as secret. Another one
   * renames every secret.
   */
  readonly salt: pulumi.Input<string>;
}

/**
 * A secret of the Swarm. It cannot be changed there: another value is another secret under another
 * name, made before the old one goes, so that services roll from one to the other and can roll
 * back.
 */
export class SwarmSecret extends HiveResource {
  /** Id in the Swarm. */
  declare readonly secretId: pulumi.Output<string>;
  /**
   * `<name>-<8 hex digits of HMAC-SHA256(salt, value)>`: keyed, so that it tells nothing about a
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
      },
      name,
      {
        ...args,
      },
      opts,
    );
  }
}
