import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parseOpenSshPrivateKey, type OpenSshKeyPair } from "./openssh-key";

/** What stands at the place of a key file. */
export type KeyFileState = "missing" | "same" | "other";

/**
 * Reads an operator's key.
 *
 * @param file - absolute, or relative to the working directory, which is the project's root.
 * @returns undefined when there is no such file.
 * @throws Error that names the file, what is wrong with it, and the remedy.
 */
export function readKeyFile(file: string): OpenSshKeyPair | undefined {
  const text = readTextFile(file);
  if (text === undefined) return undefined;
  try {
    return parseOpenSshPrivateKey(text);
  } catch (error) {
    throw new Error(
      `The key file ${file} ${(error as Error).message}. hive needs an ed25519 key in OpenSSH's format without a ` +
        `passphrase. Move the file away (a new key is then made), or write one with: ssh-keygen -t ed25519 -N "" -f ${file}`,
      { cause: error },
    );
  }
}

/**
 * Reads a key that was there before hive, for using it.
 *
 * @returns undefined when there is no such file.
 * @throws Error as {@link readKeyFile}, and when others than its owner can read the file (SSH clients refuse that).
 */
export function adoptKeyFile(file: string): OpenSshKeyPair | undefined {
  const found = readKeyFile(file);
  if (found === undefined || process.platform === "win32") return found;
  const mode = statSync(resolve(file)).mode & 0o777;
  if ((mode & 0o077) === 0) return found;
  const octal = mode.toString(8).padStart(4, "0");
  throw new Error(`The key file ${file} is open to others (mode ${octal}). Run: chmod 600 ${file}`);
}

/** Compares the file with a key; a file that cannot be read or understood is `other`. */
export function inspectKeyFile(file: string, publicKey: string): KeyFileState {
  try {
    const found = readKeyFile(file);
    if (found === undefined) return "missing";
    return sameKey(found.publicKey, publicKey) ? "same" : "other";
  } catch {
    return "other";
  }
}

/**
 * Writes a private key, readable by its owner only, in a folder that only its owner can enter when it is new.
 *
 * @throws Error when something already stands there (nothing is ever overwritten) or the file cannot be written.
 */
export function writeKeyFile(file: string, privateKey: string): void {
  const path = resolve(file);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  try {
    writeFileSync(path, privateKey, { flag: "wx", mode: 0o600 });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== "EEXIST") rmSync(path, { force: true });
    throw new Error(`The key file ${file} cannot be written (${code ?? "unknown error"}).`, {
      cause: error,
    });
  }
}

/** Removes the file if it holds this key; everything else stays. Never fails because something is gone. */
export function removeKeyFile(file: string, publicKey: string): void {
  if (inspectKeyFile(file, publicKey) === "same") rmSync(resolve(file), { force: true });
}

/** Whether two public keys are the same, whatever their comments. */
function sameKey(one: string, other: string): boolean {
  return one.split(" ").slice(0, 2).join(" ") === other.split(" ").slice(0, 2).join(" ");
}

function readTextFile(file: string): string | undefined {
  try {
    return readFileSync(resolve(file), "utf8");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT") return undefined;
    throw new Error(`The key file ${file} cannot be read (${code ?? "unknown error"}).`, {
      cause: error,
    });
  }
}
