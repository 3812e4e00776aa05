import { clusterAccess } from "../hosts/outputs";
import { stageOutputs } from "../hosts/stage-outputs";
import { execIn } from "../tasks/exec";
import { inTask } from "../tasks/in-task";
import { placeOf } from "../tasks/running-tasks";
import { shellCommand } from "../tasks/shell-command";
import { isInteractive, processStreams, withRawTerminal } from "../tasks/terminal-streams";
import { withoutConnection } from "../tasks/without-connection";
import { processTerminal } from "../terminal";

/** Options of `hive shell`. */
export interface ShellOptions {
  readonly stack: string;
  readonly service: string;
  readonly replica?: number;
  readonly host?: string;
  readonly user?: string;
}

/** `hive shell`: a shell in a service's container; returns its exit code. */
export async function shell(options: ShellOptions): Promise<number> {
  const terminal = processTerminal();
  const hosts = clusterAccess(await stageOutputs(options.stack));
  const tty = isInteractive();
  const { user } = options;
  return await withoutConnection(
    withRawTerminal(tty, () =>
      inTask(
        hosts,
        options,
        ({ container, task }) => {
          // Shows the place, with the line ends of a raw terminal.
          if (tty) process.stderr.write(`${terminal.paint("dim", placeOf(task))}\r\n`);
          const environment = tty ? [`TERM=${process.env["TERM"] ?? "xterm"}`] : [];
          return execIn(
            container,
            { command: shellCommand, tty, user, environment },
            processStreams(),
          );
        },
        (text) => terminal.printError(text),
      ),
    ),
  );
}
