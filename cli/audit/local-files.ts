import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { hiveHome, stageFolder } from "../project";
import type { LocalFile } from "./facts";

/**
 * Files and folders of this clone that only their owner may use: `.hive` itself, and below it what
 * holds keys and passphrases. Empty on Windows, whose files have no such modes.
 */
export function localFiles(stage: string): readonly LocalFile[] {
  if (process.platform === "win32") return [];
  const home = hiveHome();
  const { path, ssh } = stageFolder(stage);
  return [home, join(home, "passphrase"), path, ssh, ...filesIn(ssh)].flatMap((file) => {
    try {
      return [{ path: file, mode: lstatSync(file).mode & 0o7777 }];
    } catch {
      // Not all stages have all of them.
      return [];
    }
  });
}

/** Keys are among them; what the SSH client is told is not secret, and is rewritten. */
function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => /^id_/.test(name) && !name.endsWith(".pub"))
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}
