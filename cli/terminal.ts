import { sgr, type Style, writeLine } from "./harmless";

export type { Style } from "./harmless";

/** Gives a text a style, or leaves it alone if colours are off. */
export type Paint = (style: Style, text: string) => string;

/** The output of hive. */
export interface Terminal {
  /** A person is looking: lines may be redrawn. */
  readonly live: boolean;
  /** Columns; 80 when unknown. */
  readonly columns: number;
  readonly paint: Paint;
  /** Prints a line (or several) on standard output; what could act on a terminal is harmless. */
  print(text: string): void;
  /** Prints a line (or several) on standard error, in the same way. */
  printError(text: string): void;
  /** Writes as is; only for redrawing on a live terminal. */
  write(text: string): void;
}

/** Leaves every text as it is. */
export const plain: Paint = (_style, text) => text;

/** Styles for a terminal. */
export const coloured: Paint = (style, text) => {
  const [on, off] = sgr[style];
  return `\u001b[${on}m${text}\u001b[${off}m`;
};

/** Facts about the process's standard output. */
export interface OutputFacts {
  readonly isTTY: boolean;
  readonly columns: number | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Decides between redrawing and plain lines, and about colours: none without a terminal, none with
 * `NO_COLOR` set to anything (https://no-color.org), no redrawing with `TERM=dumb` or in CI.
 */
export function terminalMode(facts: OutputFacts): { live: boolean; colour: boolean } {
  const { env } = facts;
  const isSet = (name: string): boolean => env[name] !== undefined && env[name] !== "";
  const capable = facts.isTTY && env["TERM"] !== "dumb";
  return { live: capable && !isSet("CI"), colour: capable && !isSet("NO_COLOR") };
}

/** The terminal of this process. */
export function processTerminal(): Terminal {
  const { stdout, stderr } = process;
  const { live, colour } = terminalMode({
    isTTY: stdout.isTTY,
    columns: stdout.columns,
    env: process.env,
  });
  return {
    live,
    get columns() {
      return stdout.columns ?? 80;
    },
    paint: colour ? coloured : plain,
    print: (text) => writeLine(stdout, text),
    printError: (text) => writeLine(stderr, text),
    write: (text) => void stdout.write(text),
  };
}
