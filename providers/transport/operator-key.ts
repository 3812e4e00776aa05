import { readFile, stat } from "node:fs/promises";
import { join, resolve } from "node:path";

import type * as ssh2 from "ssh2";

import { messageOf, transportError } from "./errors";
import type { HostAccess } from "./host-access";

/** A key or agent for the login of this computer. */
export interface LoginKey {
  /** How messages name it: `the key file /home/me/.ssh/hive`, `the SSH agent`. */
  readonly source: string;
  /** The input for ssh2: a private key, or the socket of an agent. */
  readonly login:
    { readonly privateKey: Buffer; readonly file?: string } | { readonly agent: string };
}

/**
 * The file below `.hive` (or `HIVE_HOME`) for a stage's own key, such as the private stage's
 * generated one. Relative to the working directory, which is the project's root both for the
 * program and for the process that runs dynamic resources.
 */
export function stageKeyFile(stage: string): string {
  const { HIVE_HOME: home = "" } = process.env;
  return join(home === "" ? ".hive" : home, stage, "ssh", "id_ed25519");
}

/**
 * The keys for the login of this computer, in the order of attempts: the file that `HIVE_SSH_KEY`
 * names, the stage's own key below `.hive`, the SSH agent (`SSH_AUTH_SOCK`). Read at the moment of
 * use, so that another key changes no resource.
 *
 * @returns empty when there are none
 * @throws Error for an existing but unusable key file, with the problem and the remedy
 */
export async function operatorKeys(stage: string): Promise<readonly LoginKey[]> {
  const { HIVE_SSH_KEY: named = "", SSH_AUTH_SOCK: agent = "" } = process.env;
  const own = stageKeyFile(stage);
  const keys: LoginKey[] = [];
  if (named !== "") keys.push(await readKey(resolve(named)));
  if (await exists(own)) keys.push(await readKey(resolve(own)));
  if (agent !== "") keys.push({ source: "the SSH agent", login: { agent } });
  return keys;
}

/**
 * As {@link operatorKeys}, for a login.
 *
 * @throws TransportError `private-key` also when there is none
 */
export async function keysFor(access: HostAccess): Promise<readonly LoginKey[]> {
  let keys: readonly LoginKey[];
  try {
    keys = await operatorKeys(access.stage);
  } catch (error) {
    throw transportError(
      "private-key",
      access.name,
      `Cannot log in to ${access.name}: ${messageOf(error)}`,
    );
  }
  if (keys.length > 0) return keys;
  throw transportError(
    "private-key",
    access.name,
    `Cannot log in to ${access.name}: this computer has no SSH key for the stage ${access.stage}. Set HIVE_SSH_KEY to the file ` +
      "of your private key, or add the key to an SSH agent (ssh-add). To get the private stage's own key, run: " +
      `npx hive status --stack ${access.stage}`,
  );
}

/** Reads a private key file, and checks that ssh2 can use it. */
async function readKey(file: string): Promise<LoginKey> {
  let mode: number;
  let privateKey: Buffer;
  try {
    mode = (await stat(file)).mode;
    privateKey = await readFile(file);
  } catch (error) {
    throw new Error(
      (error as NodeJS.ErrnoException).code === "ENOENT"
        ? `the private key file ${file} does not exist. Set HIVE_SSH_KEY to the right file.`
        : `the private key file ${file} cannot be read (${messageOf(error)}).`,
      { cause: error },
    );
  }
  // Windows has no such bits: Node reports 0666 for every writable file there.
  if (process.platform !== "win32" && (mode & 0o077) !== 0) {
    const octal = (mode & 0o777).toString(8).padStart(4, "0");
    throw new Error(
      `the private key file ${file} is open to others (mode ${octal}). Run: chmod 600 '${file}'`,
    );
  }
  const { utils } = require("ssh2") as typeof ssh2;
  const parsed = utils.parseKey(privateKey);
  if (parsed instanceof Error) {
    throw new Error(
      /encrypted/i.test(parsed.message)
        ? `the private key in ${file} has a passphrase, which hive does not ask for. Unset HIVE_SSH_KEY and add the key to an ` +
            `SSH agent: ssh-add '${file}'`
        : `${file} does not contain a usable private key (${parsed.message}).`,
    );
  }
  if (!parsed.isPrivateKey()) {
    throw new Error(`${file} contains a public key. Set HIVE_SSH_KEY to the file without .pub.`);
  }
  return { source: `the key file ${file}`, login: { privateKey, file } };
}

async function exists(file: string): Promise<boolean> {
  return await stat(file).then(
    () => true,
    () => false,
  );
}
