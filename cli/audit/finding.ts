/** What an audit finds: `hive audit --json` prints it. */

/**
 * How bad a finding is. `high`: somebody can become root or read secrets, or a wall is down.
 * `medium`: one of several walls is down. `low`: something is old.
 */
export type Severity = "high" | "medium" | "low";

/** The checks, by the name that a finding has. Names are stable. */
export type CheckId =
  | "account-root"
  | "authority-end"
  | "authority-in-store"
  | "certificate-end"
  | "container-by-hand"
  | "container-capabilities"
  | "container-mount"
  | "container-new-privileges"
  | "container-privileged"
  | "docker-socket"
  | "file-mode"
  | "firewall-rules"
  | "firewall-unit"
  | "foreign-key"
  | "group-member"
  | "image-age"
  | "join-tokens"
  | "local-files"
  | "network-clear"
  | "network-foreign"
  | "not-checked"
  | "package-lists"
  | "package-updates"
  | "password"
  | "port-from-container"
  | "port-open"
  | "reboot"
  | "service-foreign"
  | "sshd-match"
  | "sshd-settings"
  | "sudo-rule"
  | "unreachable";

/** One weakness of a running stage. */
export interface Finding {
  readonly id: CheckId;
  readonly severity: Severity;
  /** A server's full name, `the Swarm`, `the registry` or `this computer`. */
  readonly where: string;
  /** What is wrong, with the value that was seen; a sentence. */
  readonly what: string;
  /** What to do, mostly a command that can be pasted; a sentence. */
  readonly remedy: string;
}

/** What an audit says of a stage. */
export interface AuditReport {
  readonly stage: string;
  readonly site: string;
  /** The servers that answered, by full name, in index order. */
  readonly checked: readonly string[];
  /** What could not be looked at on this stage or from this computer, and why; no findings. */
  readonly notes: readonly string[];
  /** The worst first; empty when nothing was found. */
  readonly findings: readonly Finding[];
}
