import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sshKeyPairProvider as provider } from "../../../providers/ssh-key-pair/provider";

const sshKeygen = (...args: string[]): string =>
  execFileSync("ssh-keygen", args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

describe("SshKeyPair and OpenSSH's own tools", () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "hive-ssh-key-pair-"));
    file = join(folder, "id_ed25519");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test("ssh-keygen derives the same public key and fingerprint from a new key", async () => {
    const { outs } = await provider.create({
      comment: "operator@hive.example",
      file,
      revision: 1,
    });
    expect(sshKeygen("-y", "-f", file).trim()).toBe(outs!.publicKey);
    expect(sshKeygen("-l", "-f", file)).toContain(outs!.fingerprint);
    expect(outs!.publicKey).toBe(`${outs!.hostKey} operator@hive.example`);
  });

  test("a signature made with the new key is accepted", async () => {
    const { outs } = await provider.create({ comment: "signer", file, revision: 1 });
    const message = join(folder, "message");
    writeFileSync(message, "hello");
    writeFileSync(join(folder, "allowed"), `signer ${outs!.hostKey}\n`);
    sshKeygen("-Y", "sign", "-f", file, "-n", "test", message);
    const verified = execFileSync(
      "ssh-keygen",
      [
        "-Y",
        "verify",
        "-f",
        join(folder, "allowed"),
        "-I",
        "signer",
        "-n",
        "test",
        "-s",
        `${message}.sig`,
      ],
      { input: "hello", encoding: "utf8" },
    );
    expect(verified).toContain("Good");
  });

  test("a key of ssh-keygen is adopted, and stays when the resource goes", async () => {
    sshKeygen("-q", "-t", "ed25519", "-N", "", "-C", "someone", "-f", file);
    const { id, outs } = await provider.create({ comment: "hive", file, revision: 1 });
    expect(sshKeygen("-l", "-f", file)).toContain(id);
    await provider.delete!(id, outs!);
    expect(sshKeygen("-l", "-f", file)).toContain(id);
  });

  test("a key with a passphrase and one of another type are refused with the remedy", async () => {
    sshKeygen("-q", "-t", "ed25519", "-N", "correct horse", "-f", file);
    await expect(provider.create({ comment: "hive", file, revision: 1 })).rejects.toThrow(
      /has a passphrase.*ssh-keygen -t ed25519 -N ""/,
    );
    const ecdsa = join(folder, "id_ecdsa");
    sshKeygen("-q", "-t", "ecdsa", "-N", "", "-f", ecdsa);
    await expect(provider.create({ comment: "hive", file: ecdsa, revision: 1 })).rejects.toThrow(
      "is a ecdsa-sha2-nistp256 key",
    );
  });
});
