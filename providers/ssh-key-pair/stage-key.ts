import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { stageKeyFile } from "../transport/operator-key";

/**
 * Writes a stage's generated key to the file in which this computer looks for it, readable by its
 * owner only. An existing file is kept beside it, because somebody may still need that key.
 *
 * @throws Error when the file cannot be written
 */
export function saveStageKey(stage: string, privateKey: string): void {
  const file = stageKeyFile(stage);
  const path = resolve(file);
  try {
    if (existsSync(path)) {
      if (readFileSync(path, "utf8") === privateKey) return;
      renameSync(path, freeName(path));
    }
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(path, privateKey, { flag: "wx", mode: 0o600 });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown error";
    throw new Error(`The stage's SSH key cannot be written to ${file} (${code}).`, {
      cause: error,
    });
  }
}

function freeName(path: string): string {
  for (let number = 1; ; number++) {
    const name = `${path}.old-${number}`;
    if (!existsSync(name)) return name;
  }
}
