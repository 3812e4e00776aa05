import { createHash } from "node:crypto";

import { transportError } from "./errors";
import type { HostAccess } from "./host-access";

/** A pinned host key, taken apart. */
export interface PinnedHostKey {
  /** The key in its binary form. */
  readonly blob: Buffer;
  /** Signature algorithms to ask the host for, so that it presents the key of this type. */
  readonly algorithms: readonly string[];
}

/**
 * Takes the pinned key of a host apart.
 *
 * @throws TransportError `host-key` if it does not have the form `ssh-ed25519 AAAA…`: an unknown
 *   key is never accepted
 */
export function pinnedHostKey(access: HostAccess): PinnedHostKey {
  const [type = "", base64 = ""] = access.hostKey.trim().split(/\s+/);
  const blob = Buffer.from(base64, "base64");
  const typeLength = blob.length > 4 ? blob.readUInt32BE(0) : 0;
  if (type === "" || blob.subarray(4, 4 + typeLength).toString("latin1") !== type) {
    throw transportError(
      "host-key",
      access.name,
      `The pinned host key of ${access.name} is '${access.hostKey}', which is not a public key. ` +
        "Give it as 'ssh-ed25519 AAAA…' (the host's /etc/ssh/ssh_host_ed25519_key.pub).",
    );
  }
  const algorithms = type === "ssh-rsa" ? ["rsa-sha2-512", "rsa-sha2-256"] : [type];
  return { blob, algorithms };
}

/** `SHA256:…`, as `ssh-keygen -lf` prints it. */
export function fingerprint(blob: Buffer): string {
  return `SHA256:${createHash("sha256").update(blob).digest("base64").replace(/=+$/, "")}`;
}
