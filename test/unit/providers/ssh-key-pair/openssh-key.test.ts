import * as fc from "fast-check";
import { utils } from "ssh2";
import {
  encodeOpenSshKeyPair,
  fingerprintOf,
  generateOpenSshKeyPair,
  parseOpenSshPrivateKey,
} from "../../../../providers/ssh-key-pair/openssh-key";

const bytes = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((value) => Buffer.from(value));

describe("OpenSSH key format", () => {
  test("what is written is read back, whatever the bytes and the comment", () => {
    fc.assert(
      fc.property(bytes, bytes, fc.string({ unit: "grapheme" }), (seed, point, comment) => {
        const written = encodeOpenSshKeyPair(seed, point, comment);
        expect(parseOpenSshPrivateKey(written.privateKey)).toEqual(written);
      }),
      { numRuns: 200 },
    );
  });

  test("leading zero bytes of the public key are kept", () => {
    const point = Buffer.alloc(32, 7);
    point[0] = 0;
    const { publicKey } = encodeOpenSshKeyPair(Buffer.alloc(32, 1), point, "");
    expect(Buffer.from(publicKey.split(" ")[1]!, "base64").subarray(-32)).toEqual(point);
  });

  test("ssh2 reads a generated key and finds the same public key", () => {
    const pair = generateOpenSshKeyPair("someone");
    const parsed = utils.parseKey(pair.privateKey);
    if (parsed instanceof Error || Array.isArray(parsed)) throw new Error("not one key");
    expect(`${parsed.type} ${parsed.getPublicSSH().toString("base64")}`).toBe(pair.publicKey);
    expect(parsed.comment).toBe("someone");
  });

  test("two keys differ", () => {
    expect(generateOpenSshKeyPair("").publicKey).not.toBe(generateOpenSshKeyPair("").publicKey);
  });

  test("the fingerprint is that of ssh-keygen", () => {
    // From `ssh-keygen -lf` of this public key.
    expect(
      fingerprintOf(
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f x",
      ),
    ).toBe("SHA256:ZkAslGjFiUHdGf/WUL8rQvkib4PTvQatUV0OUQSncCA");
  });

  test.each([
    ["", "does not hold a private key"],
    [
      "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----",
      "is not in OpenSSH's own format",
    ],
    ["-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----", "is damaged"],
  ])("%j is refused", (text, reason) => {
    expect(() => parseOpenSshPrivateKey(text)).toThrow(reason);
  });

  test("a truncated key is refused at every length", () => {
    const { privateKey } = generateOpenSshKeyPair("c");
    const lines = privateKey.trim().split("\n");
    for (let kept = 1; kept < lines.length - 2; kept++) {
      const cut = [...lines.slice(0, kept), lines.at(-1)].join("\n");
      expect(() => parseOpenSshPrivateKey(cut)).toThrow("is damaged");
    }
  });
});
