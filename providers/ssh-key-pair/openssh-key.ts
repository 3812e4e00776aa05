import { createHash, generateKeyPairSync, randomBytes } from "node:crypto";

/** An ed25519 key pair in OpenSSH's format. */
export interface OpenSshKeyPair {
  /** `openssh-key-v1` in PEM armour, with a final newline. Secret. */
  readonly privateKey: string;
  /** `ssh-ed25519 AAAA…`, without a comment. */
  readonly publicKey: string;
  /** Comment inside the private key; may be empty. */
  readonly comment: string;
}

const KEY_TYPE = "ssh-ed25519";
const MAGIC = "openssh-key-v1\0";
const BEGIN = "-----BEGIN OPENSSH PRIVATE KEY-----";
const END = "-----END OPENSSH PRIVATE KEY-----";

/**
 * A new key pair.
 *
 * ssh2's own generator is not used: it strips leading zero bytes from the public key
 * (`lib/keygen.js`), so one of 256 of its ed25519 keys is malformed.
 */
export function generateOpenSshKeyPair(comment: string): OpenSshKeyPair {
  const jwk = generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" });
  const seed = Buffer.from(String(jwk.d), "base64url");
  const point = Buffer.from(String(jwk.x), "base64url");
  return encodeOpenSshKeyPair(seed, point, comment);
}

/**
 * Writes a key pair in the format of OpenSSH's PROTOCOL.key.
 *
 * @param seed - the 32 secret bytes.
 * @param point - the 32 public bytes.
 */
export function encodeOpenSshKeyPair(seed: Buffer, point: Buffer, comment: string): OpenSshKeyPair {
  const publicBlob = Buffer.concat([sshString(KEY_TYPE), sshString(point)]);
  const check = randomBytes(4);
  const secretPart = Buffer.concat([
    check,
    check,
    publicBlob,
    sshString(Buffer.concat([seed, point])),
    sshString(comment),
  ]);
  const padding = Buffer.from(
    Array.from({ length: (8 - (secretPart.length % 8)) % 8 }, (_, index) => index + 1),
  );
  const one = Buffer.from([0, 0, 0, 1]);
  const body = Buffer.concat([
    Buffer.from(MAGIC, "latin1"),
    sshString("none"),
    sshString("none"),
    sshString(""),
    one,
    sshString(publicBlob),
    sshString(Buffer.concat([secretPart, padding])),
  ]);
  const lines = body.toString("base64").match(/.{1,70}/g) ?? [];
  return {
    privateKey: `${[BEGIN, ...lines, END].join("\n")}\n`,
    publicKey: `${KEY_TYPE} ${publicBlob.toString("base64")}`,
    comment,
  };
}

/**
 * Reads a private key.
 *
 * @throws Error that says why the text is not a usable key (`has a passphrase`, `is a ssh-rsa key`
 *   …): the end of a sentence with the key as its subject. It never quotes the key.
 */
export function parseOpenSshPrivateKey(text: string): OpenSshKeyPair {
  const armour = text.replace(/\r\n/g, "\n").trim();
  if (!armour.startsWith(BEGIN) || !armour.endsWith(END)) {
    throw new Error(
      armour.includes("PRIVATE KEY-----")
        ? "is not in OpenSSH's own format"
        : "does not hold a private key",
    );
  }
  const body = Buffer.from(armour.slice(BEGIN.length, -END.length), "base64");
  if (!body.subarray(0, MAGIC.length).equals(Buffer.from(MAGIC, "latin1"))) {
    throw new Error("is damaged");
  }
  const [cipher, afterCipher] = readString(body, MAGIC.length);
  const [, afterKdf] = readString(body, afterCipher);
  const [, afterKdfOptions] = readString(body, afterKdf);
  const [publicBlob, afterPublic] = readString(body, afterKdfOptions + 4);
  const type = readString(publicBlob, 0)[0].toString("latin1");
  if (cipher.toString("latin1") !== "none") throw new Error("has a passphrase");
  if (type !== KEY_TYPE) throw new Error(`is a ${type} key`);
  const [secretPart] = readString(body, afterPublic);
  if (!secretPart.subarray(0, 4).equals(secretPart.subarray(4, 8))) throw new Error("is damaged");
  const [, afterType] = readString(secretPart, 8);
  const [point, afterPoint] = readString(secretPart, afterType);
  const [secret, afterSecret] = readString(secretPart, afterPoint);
  const [comment] = readString(secretPart, afterSecret);
  if (secret.length !== 64 || !publicBlob.subarray(-32).equals(point))
    throw new Error("is damaged");
  return {
    privateKey: `${armour}\n`,
    publicKey: `${KEY_TYPE} ${publicBlob.toString("base64")}`,
    comment: comment.toString("utf8"),
  };
}

/** `SHA256:…` as `ssh-keygen -l` prints it. @param publicKey - `ssh-ed25519 AAAA…`. */
export function fingerprintOf(publicKey: string): string {
  const blob = Buffer.from(publicKey.split(" ")[1] ?? "", "base64");
  return `SHA256:${createHash("sha256").update(blob).digest("base64").replace(/=+$/, "")}`;
}

/** RFC 4251 `string`: length in four bytes, then the bytes. */
function sshString(value: string | Buffer): Buffer {
  const bytes = typeof value === "string" ? Buffer.from(value, "utf8") : value;
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/**
 * The RFC 4251 `string` at `offset`, and the offset after it. @throws Error when the text ends
 * before it.
 */
function readString(body: Buffer, offset: number): [value: Buffer, next: number] {
  if (offset + 4 > body.length) throw new Error("is damaged");
  const end = offset + 4 + body.readUInt32BE(offset);
  if (end > body.length) throw new Error("is damaged");
  return [body.subarray(offset + 4, end), end];
}
