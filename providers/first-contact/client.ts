import { lastLines } from "../../model/values/last-lines";
import { runCommand, type CommandResult } from "../transport/command";
import { sleep } from "../transport/deadline";
import { describeHost, isTransportError, messageOf } from "../transport/errors";
import type { HostAccess } from "../transport/host-access";

/** A server at its first contact. */
export interface NewHost {
  /** How the server is reached from then on. */
  readonly host: HostAccess;
  /**
   * Private key that opens the admin user until the set-up of the host writes the list of
   * operators. Secret.
   */
  readonly bootstrapKey: string;
  /**
   * The script that waits until the server has booted, and then lets the operators in; see
   * `render/first-contact.ts`. It can run any number of times.
   */
  readonly script: string;
  /** Lines for the servers' list of keys, the script's standard input. */
  readonly operators: string;
}

/** How long a freshly started server may take to answer, seconds. */
export const bootSeconds = 200;
/** Limit for the script, which waits for the first boot itself (390 s), seconds. */
export const scriptSeconds = 400;
/** Limit for one connection, seconds. */
const dialSeconds = 5;
const pauseMs = 500;

/**
 * Waits until the server answers and has booted, and lets the operators in.
 *
 * A server that was set up before no longer accepts the bootstrap key: there this computer's own
 * key is tried.
 *
 * @throws TransportError when the server does not answer in time or refuses the login; Error with
 *   the script's output when it fails
 */
export async function makeFirstContact(server: NewHost): Promise<void> {
  const bootstrap = {
    source: "the stage's bootstrap key",
    login: { privateKey: Buffer.from(server.bootstrapKey) },
  };
  const options = { stdin: server.operators, deadlineSeconds: scriptSeconds, dialSeconds };
  const end = Date.now() + bootSeconds * 1000;
  let result: CommandResult | undefined;
  while (result === undefined) {
    try {
      result = await runCommand(server.host, server.script, { ...options, keys: [bootstrap] });
    } catch (error) {
      if (isTransportError(error, "login")) {
        result = await asOperator(server, options, error);
      } else if (isTransportError(error, "unreachable", "lost") && Date.now() < end) {
        await sleep(pauseMs);
      } else {
        throw error;
      }
    }
  }
  if (result.code === 0) return;
  const printed = result.stderr.trim() === "" ? result.stdout : result.stderr;
  throw new Error(
    `The first contact with ${describeHost(server.host)} failed with exit code ${result.code}:\n` +
      `  ${lastLines(printed.trim()).join("\n  ")}`,
  );
}

async function asOperator(
  server: NewHost,
  options: { readonly stdin: string; readonly deadlineSeconds: number },
  refused: unknown,
): Promise<CommandResult> {
  try {
    return await runCommand(server.host, server.script, options);
  } catch (error) {
    if (!isTransportError(error, "login", "private-key")) throw error;
    throw new Error(`${messageOf(refused)}\n${messageOf(error)}`, { cause: error });
  }
}
