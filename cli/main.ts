import { resolve } from "node:path";
import { CommanderError } from "commander";
import { commandLine } from "./command-line/program";
import { exitCodes } from "./exit-codes";
import { reportFailure } from "./failure";
import { writeLine } from "./harmless";
import { hiveHome } from "./project";

/** Runs the command line and ends the process with its exit code. @param argv as Node gives it */
export function main(argv: readonly string[]): void {
  settlePaths();
  // A reader that closes early (`hive up | head`) must not end a run in its middle.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
    });
  }
  void run(argv).then((code) => {
    process.exitCode = code;
    endSoon();
  });
}

/** How long what is left behind may keep a process alive whose command is done, milliseconds. */
const lingerMs = 5000;

/**
 * Ends the process when a connection that nobody closed keeps it alive: whoever waits for a command
 * that has said all waits for nothing. What a slow reader has not read yet is waited for.
 */
function endSoon(): void {
  const isRead = (): boolean =>
    [process.stdout, process.stderr].every(({ writableLength }) => writableLength === 0);
  setInterval(() => {
    if (isRead()) process.exit();
  }, lingerMs).unref();
}

/**
 * Makes paths in the environment absolute: the user means them relative to the current folder,
 * while the program and the providers run in the project's folder. So they also get the place of
 * `.hive`.
 */
function settlePaths(): void {
  const { HIVE_SSH_KEY: key = "" } = process.env;
  if (key !== "") process.env["HIVE_SSH_KEY"] = resolve(key);
  process.env["HIVE_HOME"] = hiveHome();
}

/** Runs the command line. @returns the exit code */
export async function run(argv: readonly string[]): Promise<number> {
  let code: number = exitCodes.ok;
  const finish = async (result: number | Promise<number>): Promise<void> => {
    code = await result;
  };
  try {
    await commandLine(finish).parseAsync([...argv]);
    return code;
  } catch (error) {
    if (error instanceof CommanderError)
      return error.exitCode === 0 ? exitCodes.ok : exitCodes.input;
    const { text, exitCode } = reportFailure(error);
    if (text !== "") writeLine(process.stderr, text);
    return exitCode;
  }
}
