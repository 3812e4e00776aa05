/** Number of output lines in an error. */
export const lastLineCount = 20;
/** Number of their characters. */
const lastCharacters = 2000;

/**
 * The end of an output, for an error: at most 20 lines with at most 2000 characters. An error goes
 * to Pulumi twice, together with the resource's state, in at most 64 KiB; a larger one never
 * arrives (see providers/framework/packed.ts).
 *
 * Secrets must be masked before: half of a secret would no longer be recognized.
 *
 * @returns the lines; the first begins with `…` if characters were cut off
 */
export function lastLines(output: string): string[] {
  const end = output.trimEnd().split("\n").slice(-lastLineCount).join("\n");
  // Half of a character with two code units is not a character.
  const kept = end.slice(-lastCharacters).replace(/^[\udc00-\udfff]/, "");
  return (end.length > lastCharacters ? `…${kept}` : end).split("\n");
}
