/** Lines of an output that stand in an error. */
export const lastLineCount = 20;
/** Characters of them. */
const lastCharacters = 2000;

/**
 * The end of an output, for an error: at most 20 lines, and of these at most 2000 characters. An
 * error travels to the engine together with the resource's state, and twice, in 64 KiB at most;
 * with more, it never arrives (see providers/framework/packed.ts).
 *
 * Secrets have to be masked before: half of one would not be recognized any more.
 *
 * @returns the lines; the first begins with `…` if characters were cut off
 */
export function lastLines(output: string): string[] {
  const end = output.trimEnd().split("\n").slice(-lastLineCount).join("\n");
  // Half of a character that takes two code units is none.
  const kept = end.slice(-lastCharacters).replace(/^[\udc00-\udfff]/, "");
  return (end.length > lastCharacters ? `…${kept}` : end).split("\n");
}
