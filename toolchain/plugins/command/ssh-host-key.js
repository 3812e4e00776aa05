// @ts-check
/** Pinned host keys: reading them, and comparing what a server presents with them. */
const { createHash } = require("node:crypto");

/** @typedef {{ type: string, blob: Buffer, fingerprint: string }} HostKey */

const keyType = /^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(?:256|384|521)|ssh-dss)$/;

/** @param {Buffer} blob @returns {string} as `ssh-keygen -l` prints it */
function fingerprint(blob) {
  return `SHA256:${createHash("sha256").update(blob).digest("base64").replace(/=+$/, "")}`;
}

/**
 * Reads the first key of a text in the format of authorized_keys (`ssh-ed25519 AAAA… comment`);
 * a host name or options before it (known_hosts), comments and empty lines are passed over.
 *
 * @param {string} text the `hostKey` of a connection
 * @returns {HostKey}
 * @throws when no key can be read
 */
function parseHostKey(text) {
  for (const line of text.split(/\r?\n/)) {
    const words = line.trim().split(/\s+/);
    const at = line.trim().startsWith("#") ? -1 : words.findIndex((word) => keyType.test(word));
    const blob = Buffer.from(words[at + 1] ?? "", "base64");
    const type = words[at];
    if (at >= 0 && type !== undefined && typeInBlob(blob) === type) {
      return { type, blob, fingerprint: fingerprint(blob) };
    }
  }
  throw new Error(
    'connection.hostKey is not a public key; write it as "ssh-ed25519 AAAA…", ' +
      "as the server's /etc/ssh/ssh_host_*_key.pub has it",
  );
}

/** @param {Buffer} blob @returns {string | undefined} the type that the key itself names */
function typeInBlob(blob) {
  return blob.length > 4 ? blob.toString("ascii", 4, 4 + blob.readUInt32BE(0)) : undefined;
}

/**
 * @param {HostKey} key
 * @returns {string[]} the algorithms to offer, so that a server with several keys presents this one
 */
function algorithmsFor(key) {
  return key.type === "ssh-rsa" ? ["rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"] : [key.type];
}

module.exports = { parseHostKey, algorithmsFor, fingerprint };
