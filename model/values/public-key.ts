/**
 * Key types that hive accepts: those that Debian's sshd accepts with its default settings.
 */
const types = [
  "ssh-ed25519",
  "sk-ssh-ed25519@openssh.com",
  "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384",
  "ecdsa-sha2-nistp521",
  "sk-ecdsa-sha2-nistp256@openssh.com",
  "ssh-rsa",
];

/**
 * The problem of a text as a public SSH key (a line of a `*.pub` file, RFC 4253 §6.6).
 *
 * @returns words that follow the value; undefined for a valid key
 */
export function publicKeyFault(text: string): string | undefined {
  if (/PRIVATE KEY/.test(text))
    return "is a private key: create a new one, because this one is compromised";
  if (/[\r\n]/.test(text.trim())) return "is more than one line";
  const [type = "", blob = ""] = text.trim().split(/\s+/);
  if (!types.includes(type)) return `does not begin with a type of key such as ${types[0]}`;
  const bytes = Buffer.from(blob, "base64");
  const named = bytes.length > 4 ? bytes.subarray(4, 4 + bytes.readUInt32BE(0)).toString() : "";
  // The key contains its type again; this reveals a cut or mixed-up line.
  return named === type && bytes.toString("base64").replace(/=+$/, "") === blob.replace(/=+$/, "")
    ? undefined
    : "is cut off or mixed up: the text after the type is not a key of that type";
}

/** A public key's type and text, without its comment. */
export function withoutComment(publicKey: string): string {
  return publicKey.trim().split(/\s+/).slice(0, 2).join(" ");
}
