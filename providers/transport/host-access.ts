/**
 * How a host is reached for management: the only thing that a provider knows about a host. All
 * values are plain and free of secrets, so the state of any resource may contain them. Each
 * computer chooses its own key for the login, see `operator-key.ts`.
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
  /**
   * The pinned host key, `ssh-ed25519 AAAA…` (no comment). Never empty: an unknown key is never
   * accepted.
   */
  readonly hostKey: string;
  /**
   * The stage that the host belongs to: the folder below `.hive` that may hold the stage's own key.
   */
  readonly stage: string;
}
