/**
 * Begins every line of progress, so that a reader of Pulumi's events can tell it from other output.
 */
export const progressPrefix = "hive: ";

/**
 * Reports what long work is doing right now, in one line that Pulumi passes on at once.
 *
 * A dynamic provider cannot reach Pulumi's log service. But Pulumi reads the output of the plugin's
 * process: a line on standard output becomes a diagnostic event of severity `info` without a URN,
 * one on standard error one of severity `info#err` (see {@link reportWarning}). All resources share
 * the process, so the text itself has to name its subject:
 * `hive: web: 2 of 3 tasks run (preparing)`.
 *
 * Call it only when something has changed, and every few seconds at most.
 *
 * @param text one line that begins with its subject; never a secret
 */
export function reportProgress(text: string): void {
  process.stdout.write(`${progressPrefix}${text}\n`);
}

/** Begins every line of a warning but the first, after {@link progressPrefix}. */
export const continuation = "| ";

/**
 * Warns the user on standard error while the run goes on; `hive` shows the warning at the run's
 * end, with Pulumi's own warnings.
 *
 * @param text what is wrong, where, and what to do; several lines stay one warning. Never a secret
 */
export function reportWarning(text: string): void {
  const [first = "", ...rest] = text.split("\n");
  const lines = [first, ...rest.map((line) => `${continuation}${line}`)];
  console.warn(lines.map((line) => `${progressPrefix}${line}`).join("\n"));
}

/** Time between two lines of one piece of work. */
const pauseMs = 3000;

/**
 * Reports progress of one piece of work: prints a text when it differs from the last one, and only
 * some seconds after that one or after the beginning. So short work prints nothing, and long work
 * shows what holds it up.
 *
 * @returns takes the current text; may be called at any rate
 */
export function progressReporter(): (text: string) => void {
  let said = { text: "", at: Date.now() };
  return (text) => {
    const now = Date.now();
    if (text === said.text || now - said.at < pauseMs) return;
    said = { text, at: now };
    reportProgress(text);
  };
}
