import { readFile, stat } from "node:fs/promises";
import { resolve } from "node:path";

import type * as ssh2 from "ssh2";

import { messageOf, transportError } from "./errors";
import type { HostAccess } from "./host-access";

/**
 * Reads the operator's private key at the moment of use. A relative path is relative to the working directory,
 * which is the project's root both for the program and for the process that runs dynamic resources.
 *
 * @throws TransportError `private-key` if the file is missing, open to others, encrypted or not a private key
 */
export async function readPrivateKey(access: HostAccess): Promise<Buffer> {
  const file = resolve(access.privateKeyFile);
  const fail = (what: string): Error =>
    transportError("private-key", access.name, `Cannot log in to ${access.name}: ${what}`);

  let mode: number;
  let key: Buffer;
  try {
    mode = (await stat(file)).mode;
    key = await readFile(file);
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === "ENOENT"
      ? fail(
          `the private key file ${file} does not exist. Restore it from where it is kept, or set the stage's ` +
            "privateKeyFile to the right file.",
        )
      : fail(`the private key file ${file} cannot be read (${messageOf(error)}).`);
  }
  // Windows has no such bits: Node reports 0666 for every writable file there.
  if (process.platform !== "win32" && (mode & 0o077) !== 0) {
    const octal = (mode & 0o777).toString(8).padStart(4, "0");
    throw fail(
      `the private key file ${file} is open to others (mode ${octal}). Run: chmod 600 '${file}'`,
    );
  }
  const { utils } = require("ssh2") as typeof ssh2;
  const parsed = utils.parseKey(key);
  if (parsed instanceof Error) {
    throw fail(
      /encrypted/i.test(parsed.message)
        ? `the private key in ${file} is encrypted with a passphrase. Use a key without one.`
        : `${file} holds no usable private key (${parsed.message}).`,
    );
  }
  if (!parsed.isPrivateKey()) {
    throw fail(`${file} holds a public key. Give the file without .pub.`);
  }
  return key;
}
