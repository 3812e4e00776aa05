import { gzipSync } from "node:zlib";

/**
 * Longest command that fits into one argument of a process (Linux: MAX_ARG_STRLEN, 32 pages of 4
 * KiB), with a margin. The SSH daemon gives the whole command to the login shell as one.
 */
const longestArgument = 120_000;

/**
 * A command that does the same and fits into an argument: a long one is compressed, and the login
 * shell, of which `eval` is a part, unpacks it. Standard input and exit code are the command's.
 * Only here, and not in the text that a step is compared by: another zlib compresses in another
 * way.
 */
export function fitting(command: string): string {
  if (Buffer.byteLength(command) <= longestArgument) return command;
  return `eval "$(printf %s ${gzipSync(command).toString("base64")} | base64 -d | gunzip)"`;
}
