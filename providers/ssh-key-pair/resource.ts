import * as pulumi from "@pulumi/pulumi";
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
 * Bumped when code that runs from the state (`read`, `delete`) changes, so that the new text gets there. The update
 * it causes does nothing else.
 */
const REVISION = 1;

/**
 * An ed25519 key pair, of a server or of the operator. It lives as long as the resource: a changed comment or file
 * keeps the key. A lost file is restored from the state.
 */
export class SshKeyPair extends pulumi.dynamic.Resource {
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
      sshKeyPairProvider,
      name,
      {
        publicKey: undefined,
        hostKey: undefined,
        privateKey: undefined,
        fingerprint: undefined,
        adopted: undefined,
        ...args,
        revision: REVISION,
      },
      { ...opts, additionalSecretOutputs: ["privateKey", ...(opts.additionalSecretOutputs ?? [])] },
      "hive",
      "SshKeyPair",
    );
  }
}
