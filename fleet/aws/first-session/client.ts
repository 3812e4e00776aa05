import {
  makeFirstContact,
  type NewHost,
  bootSeconds,
} from "../../../providers/first-contact/client";
import { lastLines } from "../../../model/values/last-lines";
import { runCommand, type CommandResult } from "../../../providers/transport/command";
import { sleep } from "../../../providers/transport/deadline";
import { describeHost, isTransportError } from "../../../providers/transport/errors";

/** A new instance, whose user data has been readable in the cloud. */
export interface NewInstance extends NewHost {
  /** Public host key that user data gave the instance, `ssh-ed25519 AAAA…`. */
  readonly bootHostKey: string;
  /** The server's own host key, which replaces it. Private, in OpenSSH's format. Secret. */
  readonly hostPrivateKey: string;
  /** The command that replaces the host key; see `render/host-key.ts`. */
  readonly keyCommand: string;
  /** Limit of that command, seconds. */
  readonly keySeconds: number;
}

/** Limit for one connection, seconds. */
const dialSeconds = 5;
/** How long sshd may take to use the new key, seconds. */
const reloadSeconds = 60;
const pauseMs = 500;

/**
 * Waits until a new instance answers, replaces its host key, and then makes the first contact as
 * with any new server. It may be interrupted at any moment and run again: an instance that already
 * has its own key is recognised by it.
 *
 * @throws TransportError when the instance does not answer in time, or presents a key that is
 *   neither that of its user data nor its own; Error with the command's output when it fails
 */
export async function makeFirstSession(instance: NewInstance): Promise<void> {
  const end = Date.now() + reloadSeconds * 1000;
  while (await replaceHostKey(instance)) {
    try {
      await makeFirstContact(instance);
      return;
    } catch (error) {
      if (!isTransportError(error, "host-key") || Date.now() >= end) throw error;
      // The server was told to use the new key and may still take a connection with the old one:
      // sshd reads its keys again only once no connection waits. The key is replaced once more.
      await sleep(pauseMs);
    }
  }
  await makeFirstContact(instance);
}

/** @returns whether the instance had the key of its user data, which it has no more */
async function replaceHostKey(instance: NewInstance): Promise<boolean> {
  const { host, bootHostKey, bootstrapKey, hostPrivateKey, keyCommand, keySeconds } = instance;
  const access = { ...host, hostKey: bootHostKey };
  const login = { privateKey: Buffer.from(bootstrapKey) };
  const end = Date.now() + bootSeconds * 1000;
  let result: CommandResult | undefined;
  while (result === undefined) {
    try {
      result = await runCommand(access, keyCommand, {
        stdin: hostPrivateKey,
        deadlineSeconds: keySeconds,
        dialSeconds,
        keys: [{ source: "the stage's bootstrap key", login }],
      });
    } catch (error) {
      // It has its own key already, or one that nobody gave it: the first contact tells which.
      if (isTransportError(error, "host-key")) return false;
      if (!isTransportError(error, "unreachable", "lost") || Date.now() >= end) throw error;
      await sleep(pauseMs);
    }
  }
  if (result.code === 0) return true;
  const printed = result.stderr.trim() === "" ? result.stdout : result.stderr;
  throw new Error(
    `The host key of ${describeHost(host)} could not be replaced (exit code ${result.code}):\n` +
      `  ${lastLines(printed.trim()).join("\n  ")}`,
  );
}
