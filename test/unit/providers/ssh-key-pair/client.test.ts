import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  inspectKeyFile,
  readKeyFile,
  removeKeyFile,
  writeKeyFile,
} from "../../../../providers/ssh-key-pair/client";
import { generateOpenSshKeyPair } from "../../../../providers/ssh-key-pair/openssh-key";

describe("key files", () => {
  const pair = generateOpenSshKeyPair("mine");
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "hive-key-file-"));
    file = join(folder, "ssh", "id_ed25519");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test("only the owner can read a written key and enter its folder", () => {
    writeKeyFile(file, pair.privateKey);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, "ssh")).mode & 0o777).toBe(0o700);
    expect(readKeyFile(file)?.publicKey).toBe(pair.publicKey);
  });

  test("nothing is overwritten", () => {
    writeKeyFile(file, "precious");
    expect(() => writeKeyFile(file, pair.privateKey)).toThrow(`${file} cannot be written (EEXIST)`);
    expect(readFileSync(file, "utf8")).toBe("precious");
  });

  test("a file that is no usable key is named with the remedy", () => {
    writeKeyFile(file, "hello");
    expect(() => readKeyFile(file)).toThrow(
      new RegExp(`${file} does not hold a private key.*ssh-keygen -t ed25519 -N "" -f ${file}`),
    );
  });

  test("a file is missing, the same key, or another one", () => {
    expect(inspectKeyFile(file, pair.publicKey)).toBe("missing");
    writeKeyFile(file, pair.privateKey);
    expect(inspectKeyFile(file, `${pair.publicKey} other comment`)).toBe("same");
    expect(inspectKeyFile(file, generateOpenSshKeyPair("").publicKey)).toBe("other");
    writeFileSync(file, "no key at all");
    expect(inspectKeyFile(file, pair.publicKey)).toBe("other");
  });

  test("only the same key is removed, and twice is fine", () => {
    writeKeyFile(file, generateOpenSshKeyPair("").privateKey);
    removeKeyFile(file, pair.publicKey);
    expect(statSync(file).size).toBeGreaterThan(0);
    writeFileSync(file, pair.privateKey);
    removeKeyFile(file, pair.publicKey);
    removeKeyFile(file, pair.publicKey);
    expect(inspectKeyFile(file, pair.publicKey)).toBe("missing");
  });
});
