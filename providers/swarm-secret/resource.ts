import * as pulumi from "@pulumi/pulumi";

import { packed } from "../packed";
import type { HostAccess } from "../transport/host-access";
import { swarmSecretProvider } from "./provider";

/** Arguments of {@link SwarmSecret}. */
export interface SwarmSecretArgs {
  /** Hosts that are managers; any that is healthy is asked. */
  readonly managers: pulumi.Input<readonly pulumi.Input<HostAccess>[]>;
  /** Site that the secret belongs to; stands in the label `hive.site`. */
  readonly site: pulumi.Input<string>;
  /** Name in the site, up to 55 characters; stands in the label `hive.name`. */
  readonly name: pulumi.Input<string>;
  /** What tasks read. Treated as secret. Less than 500 KiB, not empty. */
  readonly value: pulumi.Input<string>;
  /** Key of the hash in the name, one for all secrets of a stage. Treated as secret. Another one renames every secret. */
  readonly salt: pulumi.Input<string>;
}

/** Bumped when code that runs from the state (`read`, `delete`) changes, so that the new text gets there. */
const REVISION = 1;

/**
 * A secret of the Swarm. It cannot be changed there: another value is another secret under another name, made before the
 * old one goes, so that services roll from one to the other and can roll back.
 */
export class SwarmSecret extends pulumi.dynamic.Resource {
  /** Id in the Swarm. */
  declare readonly secretId: pulumi.Output<string>;
  /** `<name>-<8 hex digits of HMAC-SHA256(salt, value)>`: keyed, so that it tells nothing about a weak password. */
  declare readonly secretName: pulumi.Output<string>;

  constructor(name: string, args: SwarmSecretArgs, opts: pulumi.CustomResourceOptions = {}) {
    super(
      packed("swarm-secret", swarmSecretProvider),
      name,
      {
        secretId: undefined,
        secretName: undefined,
        holder: undefined,
        ...args,
        value: pulumi.secret(args.value),
        salt: pulumi.secret(args.salt),
        revision: REVISION,
      },
      {
        ...opts,
        additionalSecretOutputs: ["value", "salt", ...(opts.additionalSecretOutputs ?? [])],
      },
      "hive",
      "SwarmSecret",
    );
  }
}
