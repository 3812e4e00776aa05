import type * as pulumi from "@pulumi/pulumi";
import { HiveResource } from "../framework/hive-resource";
import { sshKeyPairProvider } from "./provider";

/** Arguments of {@link SshKeyPair}. */
export interface SshKeyPairArgs {
  /** Comment after the public key; tells a reader of `authorized_keys` whose it is. */
  readonly comment: pulumi.Input<string>;
  /**
   * File for the private key, relative to the project's root. An existing unencrypted ed25519 key is adopted and
   * never removed; else a new one is written (0600). Default: the key lies only in the state, encrypted.
   */
  readonly file?: pulumi.Input<string>;
}

/**
 * An ed25519 key pair, of a server or of the operator. It lives as long as the resource: a changed comment or file
 * keeps the key. A lost file is restored from the state.
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
        outputs: ["publicKey", "hostKey", "privateKey", "fingerprint", "adopted"],
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
