/** Begins every line of progress, so that a reader of the engine's events knows it from other output. */
export const progressPrefix = "hive: ";

/**
 * Says what long work is doing right now, in one line that the engine passes on at once.
 *
 * A dynamic provider has no way to the engine's log service. But the engine reads what the plugin's process prints: a line on
 * standard output becomes a diagnostic event of severity `info` without a URN, one on standard error one of severity `info#err`
 * (warnings go there). As the process is shared by all resources, the text itself has to name what it is about:
 * `hive: web: 2 of 3 tasks run (preparing)`.
 *
 * Say it only when something has changed, and every few seconds at most.
 *
 * @param text one line that begins with what it is about; never a secret
 */
export function reportProgress(text: string): void {
  process.stdout.write(`${progressPrefix}${text}\n`);
}
