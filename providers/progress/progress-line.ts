/**
 * Begins every line of progress, so that a reader of the engine's events knows it from other
 * output.
 */
export const progressPrefix = "hive: ";

/**
 * Says what long work is doing right now, in one line that the engine passes on at once.
 *
 * A dynamic provider has no way to the engine's log service. But the engine reads what the plugin's
 * process prints: a line on standard output becomes a diagnostic event of severity `info` without a
 * URN, one on standard error one of severity `info#err` (see {@link reportWarning}). As the process
 * is shared by all resources, the text itself has to name what it is about:
 * `hive: web: 2 of 3 tasks run (preparing)`.
 *
 * Say it only when something has changed, and every few seconds at most.
 *
 * @param text one line that begins with what it is about; never a secret
 */
export function reportProgress(text: string): void {
  process.stdout.write(`${progressPrefix}${text}\n`);
}

/** Begins every line of a warning but the first, after {@link progressPrefix}. */
export const continuation = "| ";

/**
 * Tells the user what is good to know although the run goes on, on standard error; `hive` shows it
 * at the run's end, with the engine's own warnings.
 *
 * @param text what is so, where, and what to do; several lines stay one warning. Never a secret
 */
export function reportWarning(text: string): void {
  const [first = "", ...rest] = text.split("\n");
  const lines = [first, ...rest.map((line) => `${continuation}${line}`)];
  console.warn(lines.map((line) => `${progressPrefix}${line}`).join("\n"));
}

/** Time between two lines of one piece of work. */
const pauseMs = 3000;

/**
 * A voice for one piece of work: says a text when it is another than the last one said, and some
 * seconds after that one or after the beginning. So short work says nothing, and long work says
 * what holds it up.
 *
 * @returns takes what is to be said now, as often as one likes
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
