/**
 * How a host is reached for management: the only thing that a provider knows about a host.
 * All values are plain and free of secrets, so they may stand in the state of any resource.
 */
export interface HostAccess {
  /** The host's fully qualified name; used in messages. */
  readonly name: string;
  /** Address or name to dial. */
  readonly address: string;
  /** TCP port of sshd. */
  readonly port: number;
  /** The admin user. */
  readonly user: string;
  /** The pinned host key, `ssh-ed25519 AAAA…` (no comment). Never empty: an unknown key is never accepted. */
  readonly hostKey: string;
  /**
   * File with the operator's private key, relative to the project's root or absolute. Read at the moment of use,
   * so that rotating the key changes no resource.
   */
  readonly privateKeyFile: string;
}
