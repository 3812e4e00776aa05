import { execFile } from "node:child_process";
import { RehearsalError } from "./rehearsal-error";

/** How many last characters of a failed command's output its error shows. */
const shownCharacters = 1200;

/** How a command is run. */
export interface CommandOptions {
  /** How long it may take, seconds. */
  readonly seconds: number;
  /** Working folder. Default: this process's. */
  readonly cwd?: string;
  /** Environment. Default: this process's. */
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * Runs a command to its end.
 *
 * @returns what it printed on standard output
 * @throws RehearsalError with the command's last output when it fails, cannot be started, or takes
 *   too long
 */
export function runCommand(
  command: string,
  args: readonly string[],
  { seconds, ...options }: CommandOptions,
): Promise<string> {
  const settings = {
    ...options,
    timeout: seconds * 1000,
    killSignal: "SIGKILL" as const,
    maxBuffer: 64 * 1024 * 1024,
  };
  return new Promise((resolve, reject) => {
    execFile(command, [...args], settings, (error, stdout, stderr) => {
      if (error === null) return resolve(stdout.trim());
      const shown = [command, ...args.slice(0, 2)].join(" ");
      const why =
        error.code === "ENOENT"
          ? "there is no such program on this computer"
          : error.killed === true
            ? `it did not end within ${seconds} s`
            : `${stderr}${stdout}`.trim().slice(-shownCharacters);
      reject(new RehearsalError(`${shown} failed: ${why}`, { cause: error }));
    });
  });
}
