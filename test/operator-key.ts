import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateOpenSshKeyPair, type OpenSshKeyPair } from "../providers/ssh-key-pair/openssh-key";

let made: { readonly pair: OpenSshKeyPair; readonly file: string } | undefined;

/**
 * A key that the servers of a test let in, and that this process and its children log in with:
 * `HIVE_SSH_KEY` names its file. One for all servers of a test file; removed when the process ends.
 */
export function useOperatorKey(): OpenSshKeyPair {
  return make().pair;
}

/** The file of {@link useOperatorKey}. */
export function operatorKeyFile(): string {
  return make().file;
}

function make(): NonNullable<typeof made> {
  if (made !== undefined) return made;
  const folder = mkdtempSync(join(tmpdir(), "hive-operator-"));
  const file = join(folder, "id_ed25519");
  const pair = generateOpenSshKeyPair("operator");
  writeFileSync(file, pair.privateKey, { mode: 0o600 });
  process.env["HIVE_SSH_KEY"] = file;
  delete process.env["SSH_AUTH_SOCK"];
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  return (made = { pair, file });
}
