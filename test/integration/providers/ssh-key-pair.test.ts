import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  sshKeyPairProvider as provider,
  type SshKeyPairState,
} from "../../../providers/ssh-key-pair/provider";

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

  const create = async (comment: string): Promise<SshKeyPairState> => {
    const { outs } = await provider.create({ comment, revision: 1 });
    writeFileSync(file, outs!.privateKey, { mode: 0o600 });
    return outs!;
  };

  test("ssh-keygen derives the same public key and fingerprint from a new key", async () => {
    const outs = await create("operator@hive.example");
    expect(sshKeygen("-y", "-f", file).trim()).toBe(outs.publicKey);
    expect(sshKeygen("-l", "-f", file)).toContain(outs.fingerprint);
    expect(outs.publicKey).toBe(`${outs.hostKey} operator@hive.example`);
  });

  test("a signature made with the new key is accepted", async () => {
    const outs = await create("signer");
    const message = join(folder, "message");
    writeFileSync(message, "hello");
    writeFileSync(join(folder, "allowed"), `signer ${outs.hostKey}\n`);
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
});
