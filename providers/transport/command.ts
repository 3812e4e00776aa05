import { constants } from "node:os";
import type { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";

import type { ClientChannel } from "ssh2";

import { lastLines } from "../../model/values/last-lines";
import { onAbort, withDeadline } from "./deadline";
import { describeHost, transportError } from "./errors";
import type { HostAccess } from "./host-access";
import type { LoginKey } from "./operator-key";
import { fitting } from "./long-command";
import { withHost } from "./pool";

/** Options of a command. */
export interface CommandOptions {
  /**
   * Standard input of the command: the only place for secrets. The error of a failing stream ends
   * the command and is thrown.
   */
  readonly stdin?: string | Buffer | Readable;
  /**
   * Called with the command's standard output as it arrives, cut anywhere. Default: not called.
   */
  readonly onOutput?: ((text: string) => void) | undefined;
  /** Limit for connecting and running together, seconds. Default 60. */
  readonly deadlineSeconds?: number;
  /** Limit for opening a connection if none is open, seconds. Default 10. */
  readonly dialSeconds?: number;
  /**
   * Key for the login on a separate connection, instead of the operator's keys: for a host's first
   * contact. Secret.
   */
  readonly keys?: readonly LoginKey[];
  /** Ends the command early. */
  readonly signal?: AbortSignal;
}

/** Result of a command. */
export interface CommandResult {
  readonly stdout: string;
  readonly stderr: string;
  /** Exit code; 128 + signal number if a signal ended the command. */
  readonly code: number;
}

/**
 * Runs a command on a host, in the user's login shell. When the deadline is reached, the
 * command gets SIGTERM and the channel is closed.
 *
 * @param command a shell command; never contains a secret (it shows in the host's process list and
 *   in errors)
 * @returns output and exit code; a code other than 0 is not an error
 * @throws TransportError if the host cannot be used, the connection breaks, or the deadline is
 *   reached
 */
export async function runCommand(
  access: HostAccess,
  command: string,
  options: CommandOptions = {},
): Promise<CommandResult> {
  const seconds = options.deadlineSeconds ?? 60;
  return await withDeadline(
    seconds,
    () =>
      transportError(
        "deadline",
        access.name,
        `On ${describeHost(access)}, '${shorten(command)}' timed out after ${seconds} s.`,
      ),
    (signal) =>
      withHost(
        access,
        async (host) => {
          const { channel, free } = await host.channel((client, done) =>
            client.exec(fitting(command), done),
          );
          try {
            return await finish(channel, options, signal);
          } finally {
            free();
          }
        },
        {
          signal,
          dialSeconds: options.dialSeconds,
          ...(options.keys === undefined ? {} : { keys: options.keys, beside: "first contact" }),
        },
      ),
    options.signal,
  );
}

/**
 * Like {@link runCommand}, but an exit code other than 0 is an error, with the command and the end
 * of its output; never with its standard input.
 *
 * @throws TransportError `command`, or those of {@link runCommand}
 */
export async function runChecked(
  access: HostAccess,
  command: string,
  options: CommandOptions = {},
): Promise<CommandResult> {
  const result = await runCommand(access, command, options);
  if (result.code === 0) {
    return result;
  }
  const output = (result.stderr.trim() === "" ? result.stdout : result.stderr).trim();
  const end = lastLines(output).join("\n  ");
  throw transportError(
    "command",
    access.name,
    `On ${describeHost(access)}, '${shorten(command)}' ended with exit code ${result.code}` +
      (end === "" ? " and printed nothing." : `:\n  ${end}`),
  );
}

/** Feeds the command, collects its output and waits for its end. */
function finish(
  channel: ClientChannel,
  { stdin = "", onOutput }: CommandOptions,
  signal: AbortSignal,
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const stdout: Buffer[] = [];
    const decoder = new StringDecoder("utf8");
    const stderr: Buffer[] = [];
    const stop = (): void => {
      channel.signal("TERM");
      channel.destroy();
    };
    const forget = onAbort(signal, stop);
    channel.on("data", (chunk: Buffer) => {
      stdout.push(chunk);
      onOutput?.(decoder.write(chunk));
    });
    channel.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
    // A command that does not read its input may close it early; its exit code tells what happened.
    channel.on("error", () => undefined);
    // "close" repeats the status of "exit". "exit" itself may come before there is a listener, when
    // a quick command's status arrives together with the confirmation of its start.
    channel.on("close", (status?: number | null, name?: string) => {
      const numbers = constants.signals as Record<string, number>;
      const bySignal = 128 + (numbers[`SIG${(name ?? "").replace(/^SIG/, "")}`] ?? 0);
      forget();
      resolve({
        stdout: Buffer.concat(stdout).toString("utf8"),
        stderr: Buffer.concat(stderr).toString("utf8"),
        code: status === undefined ? 255 : (status ?? bySignal),
      });
    });
    if (typeof stdin === "string" || Buffer.isBuffer(stdin)) {
      channel.end(stdin);
      return;
    }
    stdin.once("error", (error) => {
      stop();
      reject(error);
    });
    stdin.pipe(channel);
  });
}

/** The first line of a command, cut to a readable length. */
function shorten(command: string): string {
  const [first = ""] = command.trim().split("\n");
  return first.length > 120 || first.length < command.trim().length
    ? `${first.slice(0, 117)}...`
    : first;
}
