import type * as pulumi from "@pulumi/pulumi";
import { HiveResource } from "../framework/hive-resource";
import { sshKeyPairProvider } from "./provider";

export interface SshKeyPairArgs {
  /** Comment after the public key; tells a reader of `authorized_keys` whose it is. */
  readonly comment: pulumi.Input<string>;
}

/**
 * An ed25519 key pair. It exists only in the state, and as long as the resource: a changed comment
 * keeps the key.
 */
export class SshKeyPair extends HiveResource {
  /** `ssh-ed25519 AAAA… comment`. */
  declare readonly publicKey: pulumi.Output<string>;
  /** `ssh-ed25519 AAAA…`, for pinning a host key. */
  declare readonly hostKey: pulumi.Output<string>;
  /** The private key in OpenSSH's format. Secret. */
  declare readonly privateKey: pulumi.Output<string>;
  /** `SHA256:…`, as `ssh-keygen -l` prints it. */
  declare readonly fingerprint: pulumi.Output<string>;

  constructor(name: string, args: SshKeyPairArgs, opts: pulumi.CustomResourceOptions = {}) {
    super(
      {
        type: "SshKeyPair",
        revision: 1,
        provider: sshKeyPairProvider,
        outputs: ["publicKey", "hostKey", "privateKey", "fingerprint"],
        secrets: ["privateKey"],
      },
      name,
      {
        ...args,
      },
      opts,
    );
  }
}
