import type { AddHelpTextContext } from "commander";

/** Columns of a help text where there is no terminal. */
const defaultWidth = 80;

/**
 * Makes the text below a command's help. It is wrapped at the terminal's width, as Commander wraps
 * the text above it.
 *
 * @param text paragraphs with an empty line between them. A line that begins with a space, such as
 *   an example, is printed as it is
 */
export function wrapped(text: string): (context: AddHelpTextContext) => string {
  return ({ command }) => {
    const width = command.configureOutput().getOutHelpWidth?.() ?? defaultWidth;
    const help = command.createHelp();
    return joinedLines(text)
      .map((line) => (line.startsWith(" ") ? line : help.boxWrap(line, width)))
      .join("\n");
  };
}

/** The lines of a text, with those of a paragraph joined. */
function joinedLines(text: string): readonly string[] {
  const lines: string[] = [];
  for (const line of text.split("\n")) {
    const last = lines.at(-1) ?? "";
    const continues = last !== "" && line !== "" && !last.startsWith(" ") && !line.startsWith(" ");
    if (continues) lines[lines.length - 1] = `${last} ${line}`;
    else lines.push(line);
  }
  return lines;
}

/** Columns for help: those of the terminal, else `COLUMNS` of the environment. */
export function helpColumns(
  stream: { readonly isTTY?: boolean; readonly columns?: number },
  env: Readonly<Record<string, string | undefined>>,
): number {
  if (stream.isTTY === true && stream.columns !== undefined) return stream.columns;
  const given = Number(env["COLUMNS"]);
  return Number.isInteger(given) && given >= 40 ? given : defaultWidth;
}
