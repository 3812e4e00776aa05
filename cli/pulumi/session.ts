import { relative } from "node:path";
import { exitCodes } from "../exit-codes";
import { Failure } from "../failure";
import { ProgressPrinter } from "../progress/printer";
import type { Progress } from "../progress/progress";
import type { Terminal } from "../terminal";
import { cleanMessage, diagnosticsText, readableDiagnostics } from "./diagnostics";
import { remedyFor } from "./remedies";
import { RunLog } from "./run-log";
import type { Stack } from "./stack";

/** How a run that succeeded went. */
export interface FinishedRun {
  readonly progress: Progress;
  readonly milliseconds: number;
  /** Relative to the project's root. */
  readonly logFile: string;
}

/**
 * A failed run that was not interrupted. Its errors have been printed.
 */
export class RunFailure extends Failure {
  /**
   * @param message the rest of the message
   * @param progress how far the run came
   */
  constructor(
    message: string,
    exitCode: number,
    readonly progress: Progress,
  ) {
    super(message, exitCode);
  }
}

/** Options of a run. */
export interface RunOptions {
  /** Warnings that are not printed: they were said before, or are not about this run. */
  readonly unsaid?: readonly string[];
}

/**
 * Runs Pulumi on a stack, shows its progress, and prints each error once.
 *
 * @param args e.g. `["up", "--yes"]`; stack, configuration and JSON output are added
 * @throws Failure when the run was interrupted, {@link RunFailure} when it failed; the errors have
 *   been printed then
 */
export async function runOnStack(
  stack: Stack,
  args: readonly string[],
  terminal: Terminal,
  { unsaid = [] }: RunOptions = {},
): Promise<FinishedRun> {
  const { paint } = terminal;
  const log = new RunLog(stack.folder.logs);
  const logFile = relative(stack.pulumi.project, log.file);
  const printer = new ProgressPrinter(terminal, args[0] === "destroy" ? "destroy" : "build");
  const started = Date.now();
  printer.start();
  try {
    const run = await stack.pulumi.run([...args, ...stack.runArguments], {
      event: (event) => printer.take(event),
      log,
      interruption: {
        first: () =>
          printer.note(
            "Ctrl-C: Pulumi finishes the steps that are running and starts no new ones. Press Ctrl-C again to stop it at once.",
          ),
        second: () =>
          printer.note("Ctrl-C: Pulumi is stopped. The next `npx hive up` finds what it left."),
      },
    });
    printer.stop();
    const { current: progress } = printer;
    const readable = readableDiagnostics(progress.diagnostics).filter(
      ({ severity, text }) => severity === "error" || !unsaid.map(cleanMessage).includes(text),
    );
    if (readable.length > 0) terminal.printError(`\n${diagnosticsText(readable, paint)}`);
    if (run.code === 0) return { progress, milliseconds: Date.now() - started, logFile };
    const errors = readable.filter(({ severity }) => severity === "error");
    const failure = runFailure(run.messages, {
      interrupted: run.interrupted,
      explained: errors.length > 0,
      logFile,
    });
    throw run.interrupted ? failure : new RunFailure(failure.message, failure.exitCode, progress);
  } finally {
    printer.stop();
    log.close();
  }
}

/** The failure of a run. @param messages what Pulumi printed beside events */
export function runFailure(
  messages: readonly string[],
  facts: { readonly interrupted: boolean; readonly explained: boolean; readonly logFile: string },
): Failure {
  const log = `Full log: ${facts.logFile}`;
  if (facts.interrupted) {
    return new Failure(
      `\nInterrupted. The state records what was started; \`npx hive up\` continues from there.\n${log}`,
      exitCodes.interrupted,
    );
  }
  const text = messages
    .filter(
      (line) =>
        !/^(error: )?(update|destroy|refresh|preview) (failed|cancell?ed)$/.test(line.trim()),
    )
    .map((line) => line.replace(/^error: /, ""))
    .join("\n");
  const remedy = remedyFor(text);
  const exitCode = /passphrase/.test(text)
    ? exitCodes.prerequisite
    : /currently locked/.test(text)
      ? exitCodes.locked
      : exitCodes.failed;
  // Pulumi's own messages are repeated only if no event had them.
  const said = facts.explained && remedy === undefined ? "" : text;
  const parts = remedy === undefined ? [said] : [remedy, `Pulumi says: ${said}`];
  return new Failure([...parts.filter((part) => part !== ""), log].join("\n"), exitCode);
}
