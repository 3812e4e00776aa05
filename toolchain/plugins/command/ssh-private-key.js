// @ts-check
/**
 * Private keys. ssh2 reads OpenSSH, PEM (RSA, EC) and PuTTY keys; the official plugin also reads
 * PKCS#8 (`BEGIN PRIVATE KEY`, what `tls.PrivateKey` gives), so those are rewritten.
 */
const { createPrivateKey } = require("node:crypto");

const pkcs8 = /-----BEGIN (ENCRYPTED )?PRIVATE KEY-----/;

/**
 * @param {string} text
 * @param {string | undefined} passphrase
 * @param {string} where the path of the input, for the error
 * @returns {import("ssh2").ParsedKey}
 * @throws without any part of the key in the text
 */
function parsePrivateKey(text, passphrase, where) {
  const { utils } = require("ssh2");
  let problem;
  try {
    const [key, secret] = pkcs8.test(text)
      ? [rewrite(text, passphrase), undefined]
      : [text, passphrase];
    const parsed = utils.parseKey(key, secret);
    if (!(parsed instanceof Error)) {
      const first = Array.isArray(parsed) ? parsed[0] : parsed;
      if (first !== undefined && first.isPrivateKey()) {
        return first;
      }
      problem = "it is not a private key";
    } else {
      problem = parsed.message;
    }
  } catch {
    // The error of node:crypto says nothing a reader can use, and might quote the input.
    problem = "it is not a PKCS#8 key, or the passphrase is wrong";
  }
  throw new Error(
    `${where} cannot be read: ${problem}. Give the whole text of an OpenSSH or PEM private key` +
      `, and its passphrase in ${where}Password if it is encrypted`,
  );
}

/** @param {string} text PKCS#8 @param {string | undefined} passphrase @returns {string} for ssh2 */
function rewrite(text, passphrase) {
  const key = createPrivateKey({
    key: text,
    format: "pem",
    ...(passphrase === undefined ? {} : { passphrase }),
  });
  switch (key.asymmetricKeyType) {
    case "rsa":
      return /** @type {string} */ (key.export({ type: "pkcs1", format: "pem" }));
    case "ec":
      return /** @type {string} */ (key.export({ type: "sec1", format: "pem" }));
    default: {
      const { d, x } = key.export({ format: "jwk" });
      return opensshEd25519(Buffer.from(d ?? "", "base64url"), Buffer.from(x ?? "", "base64url"));
    }
  }
}

/** @param {Buffer | string} content @returns {Buffer} with its length before it, as SSH writes strings */
function sshString(content) {
  const bytes = Buffer.from(content);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/**
 * An unencrypted OpenSSH private key file (openssh-portable, PROTOCOL.key).
 *
 * @param {Buffer} seed 32 bytes
 * @param {Buffer} publicKey 32 bytes
 * @returns {string}
 */
function opensshEd25519(seed, publicKey) {
  const publicBlob = Buffer.concat([sshString("ssh-ed25519"), sshString(publicKey)]);
  const one = Buffer.from([0, 0, 0, 1]);
  const privatePart = Buffer.concat([
    one, // two equal check numbers
    one,
    publicBlob,
    sshString(Buffer.concat([seed, publicKey])),
    sshString(""), // comment
  ]);
  const padding = Buffer.from(
    Array.from({ length: (8 - (privatePart.length % 8)) % 8 }, (_, index) => index + 1),
  );
  const file = Buffer.concat([
    Buffer.from("openssh-key-v1\0"),
    sshString("none"),
    sshString("none"),
    sshString(""),
    one, // number of keys
    sshString(publicBlob),
    sshString(Buffer.concat([privatePart, padding])),
  ]);
  const lines = file.toString("base64").replace(/.{70}/g, "$&\n");
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines}\n-----END OPENSSH PRIVATE KEY-----\n`;
}

module.exports = { parsePrivateKey };
