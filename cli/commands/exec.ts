import { clusterAccess } from "../hosts/outputs";
import { stageOutputs } from "../hosts/stage-outputs";
import { execIn } from "../tasks/exec";
import { inTask } from "../tasks/in-task";
import { isInteractive, processStreams, withRawTerminal } from "../tasks/terminal-streams";
import { withoutConnection } from "../tasks/without-connection";
import { processTerminal } from "../terminal";

/** Options of `hive exec`. */
export interface ExecOptions {
  readonly stack: string;
  readonly service: string;
  /** Program and arguments. */
  readonly command: readonly string[];
  readonly replica?: number;
  readonly host?: string;
  readonly user?: string;
  readonly workdir?: string;
  /** The command gets a terminal if there is one here. */
  readonly tty: boolean;
}

/** `hive exec`: runs a command in a service's container; returns the command's exit code. */
export async function exec(options: ExecOptions): Promise<number> {
  const { command, user, workdir } = options;
  const terminal = processTerminal();
  const hosts = clusterAccess(await stageOutputs(options.stack));
  const tty = options.tty && isInteractive();
  return await withoutConnection(
    withRawTerminal(tty, () =>
      inTask(
        hosts,
        options,
        ({ container }) => execIn(container, { command, tty, user, workdir }, processStreams()),
        (text) => terminal.printError(text),
      ),
    ),
  );
}
