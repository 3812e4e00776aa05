import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { utils } from "ssh2";
import { algorithmsFor, parseHostKey } from "../../../toolchain/plugins/command/ssh-host-key";
import { parsePrivateKey } from "../../../toolchain/plugins/command/ssh-private-key";
import { keyPair } from "./key-pair";

const ed25519 = keyPair();
const line = ed25519.public.trim();
const blob = Buffer.from(line.split(" ")[1] ?? "", "base64");

describe("pinned host keys", () => {
  test.each<[string, string]>([
    ["as in authorized_keys", line],
    ["with a comment", `${line} root@host`],
    ["as in known_hosts", `host,10.0.0.1 ${line}`],
    ["after a comment line and an empty one", `# host\n\n${line}\n`],
    ["with the line ends of Windows", `${line}\r\n`],
  ])("%s", (_what, text) => {
    expect(parseHostKey(text).blob).toEqual(blob);
  });

  test.each<[string, string]>([
    ["empty", ""],
    ["a fingerprint", "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU"],
    ["cut", line.slice(0, 25)],
    ["another type than it says", line.replace("ssh-ed25519", "ssh-rsa")],
    ["only in a comment", `# ${line}`],
  ])("%s is refused", (_what, text) => {
    expect(() => parseHostKey(text)).toThrow(
      /connection\.hostKey is not a public key; write it as/,
    );
  });

  test("only the algorithms of the pinned key are offered", () => {
    expect(algorithmsFor(parseHostKey(line))).toEqual(["ssh-ed25519"]);
    const rsa = utils.generateKeyPairSync("rsa", { bits: 2048 }).public;
    expect(algorithmsFor(parseHostKey(rsa))).toEqual(["rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"]);
  });
});

describe("private keys", () => {
  const parse = (text: string, passphrase?: string) =>
    parsePrivateKey(text, passphrase, "connection.privateKey");

  test("OpenSSH", () => {
    expect(parse(ed25519.private).getPublicSSH()).toEqual(blob);
  });

  test("OpenSSH, encrypted", () => {
    const keys = keyPair("pass");
    expect(parse(keys.private, "pass").type).toBe("ssh-ed25519");
    expect(() => parse(keys.private, "PLANTED")).toThrow(/^connection\.privateKey cannot be read/);
    expect(() => parse(keys.private)).toThrow(/passphrase in connection\.privateKeyPassword/);
  });

  const pkcs8 = ({ privateKey }: { privateKey: KeyObject }, passphrase?: string) =>
    privateKey
      .export({
        type: "pkcs8",
        format: "pem",
        ...(passphrase === undefined ? {} : { cipher: "aes-256-cbc", passphrase }),
      })
      .toString();

  test.each<[string, string]>([
    ["ssh-ed25519", pkcs8(generateKeyPairSync("ed25519"))],
    ["ssh-rsa", pkcs8(generateKeyPairSync("rsa", { modulusLength: 2048 }))],
    ["ecdsa-sha2-nistp256", pkcs8(generateKeyPairSync("ec", { namedCurve: "P-256" }))],
  ])("PKCS#8, %s, signs what its public key verifies", (type, text) => {
    const key = parse(text);
    expect(key.type).toBe(type);
    const data = Buffer.from("data");
    expect(key.verify(data, key.sign(data))).toBe(true);
  });

  test("PKCS#8, encrypted", () => {
    const privateKey = pkcs8(generateKeyPairSync("ed25519"), "pass");
    expect(parse(privateKey, "pass").type).toBe("ssh-ed25519");
    expect(() => parse(privateKey, "wrong")).toThrow(/passphrase is wrong/);
  });

  test.each<[string, string]>([
    ["a public key", line],
    ["rubbish", "PLANTED"],
    [
      "a broken key",
      "-----BEGIN OPENSSH PRIVATE KEY-----\nPLANTED\n-----END OPENSSH PRIVATE KEY-----\n",
    ],
    ["a broken PKCS#8 key", "-----BEGIN PRIVATE KEY-----\nPLANTED\n-----END PRIVATE KEY-----\n"],
  ])("%s is refused without being quoted", (_what, text) => {
    expect(() => parse(text)).toThrow(/^connection\.privateKey cannot be read/);
    expect(() => parse(text)).not.toThrow(/PLANTED/);
  });
});
