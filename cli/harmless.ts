/** What tasks, engines and servers print is data: on a terminal it must not act. Pure. */

import { rehearsedCommands } from "./rehearsed-commands";

/** Names of the few styles that hive prints in. */
export type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";

/** SGR parameters of ECMA-48: on, off. */
export const sgr: Readonly<Record<Style, readonly [number, number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
};

/**
 * Control characters but tab and line feed: C0, DEL and C1 (ECMA-48), with which a text can move
 * the cursor, rename the window, write the clipboard (OSC 52) or type for the user; and those that
 * turn the direction of writing (Unicode's Bidi_Control), with which it can look like another text.
 */
const acting =
  // eslint-disable-next-line no-control-regex -- these are what it looks for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** The styles of hive's own table, as they stand in a text. */
const ownStyle = new RegExp(
  `^\\u001b\\[(?:${[...new Set(Object.values(sgr).flat())].join("|")})m`,
  "u",
);

/**
 * A text as a terminal may show it: characters that act are shown by their number, `\x1b`. Hive's
 * own colours stay. A carriage return before a line feed goes without a trace.
 */
export function harmless(text: string): string {
  const lines = text.replaceAll("\r\n", "\n");
  return lines.replaceAll(acting, (character, at: number) =>
    ownStyle.test(lines.slice(at, at + 8)) ? character : visible(character),
  );
}

function visible(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code < 0x100
    ? `\\x${code.toString(16).padStart(2, "0")}`
    : `\\u${code.toString(16).padStart(4, "0")}`;
}

/** Where text goes: standard output or standard error of the process. */
export interface OutputStream {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/**
 * Writes a line (or several): harmless on a terminal, as it is into a pipe or a file. In a
 * rehearsal, all commands that it names are those of the rehearsal.
 */
export function writeLine(stream: OutputStream, text: string): void {
  const { HIVE_REHEARSAL: stage = "" } = process.env;
  const said = stage === "" ? text : rehearsedCommands(text, stage);
  stream.write(`${stream.isTTY === true ? harmless(said) : said}\n`);
}
