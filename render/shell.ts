/**
 * The only place where text is quoted for a shell, for a systemd unit, or for the way over SSH. All
 * other code passes raw values to these functions and never quotes a value itself.
 */

/**
 * Longest command, bytes. What is longer than an argument of a process may be goes compressed
 * (`providers/transport/long-command.ts`); scripts become a tenth of their size and less.
 */
export const longestCommand = 600_000;

/**
 * Quotes one word for a POSIX shell. The shell returns exactly the same text, whatever its bytes.
 *
 * @throws RangeError for a NUL character, which no argument can carry
 */
export function quote(text: string): string {
  if (text.includes("\0")) throw new RangeError("A NUL character cannot be passed to a shell.");
  if (/^[A-Za-z0-9_./:=@%+,-]+$/.test(text)) return text;
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** A simple command: every word quoted, joined by blanks. */
export function commandLine(...words: readonly string[]): string {
  return words.map(quote).join(" ");
}

/**
 * A shell expression that writes exactly these characters, as UTF-8, to its standard output.
 * Base64, so that no content can end or alter the script around it. Only for content that is not
 * secret: it is part of the text.
 */
export function printContent(content: string): string {
  return `printf %s ${encode(content)} | base64 -d`;
}

/** Base64 of the text's UTF-8 bytes, on one line: letters, digits, `+`, `/` and `=` only. */
export function encode(content: string): string {
  return Buffer.from(content, "utf8").toString("base64");
}

/**
 * Quotes one word for the command lines of a systemd unit (`ExecStart=` and its kin): double
 * quotes, C escapes, and `%` and `$` doubled, because systemd expands specifiers and variables even
 * inside quotes (systemd.service(5)).
 *
 * @throws RangeError for control characters, which would end the line
 */
export function quoteForUnit(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are exactly what must not pass
  if (/[\u0000-\u001f\u007f]/.test(text)) {
    throw new RangeError(
      `A control character cannot be part of a systemd command line: ${JSON.stringify(text)}`,
    );
  }
  const expanded = text.replaceAll("%", "%%").replaceAll("$", "$$$$");
  if (/^[A-Za-z0-9_./:=@%+,-]+$/.test(expanded)) return expanded;
  return `"${expanded.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}

/** Options of a script that the admin user runs as root over SSH. */
export interface RootScript {
  /** Shown in the process list and in the journal's sudo entry; not secret. */
  readonly title: string;
  /** Text for bash. */
  readonly script: string;
  /** Whether the script reads the command's standard input; if not, its standard input is empty. */
  readonly readsInput: boolean;
  /** Limit of the script, seconds; after it the script is killed. */
  readonly timeoutSeconds: number;
}

/**
 * Reads a script that ends with NUL from standard input and runs it; the text after the NUL is the
 * script's own input.
 */
const loader = 'IFS= read -r -d "" script; eval "$script"';

/**
 * The command that runs a script as root through sudo.
 *
 * The script goes through a pipe and not through sudo's arguments: sudo writes its arguments into
 * the journal, a piece per line. After the script comes the command's own standard input, so
 * secrets can follow there. (bash reads a pipe byte by byte up to the NUL and takes nothing that
 * comes after it.)
 *
 * `$mode` is the login shell's variable `HIVE_MODE` in the script, else `apply`: with
 * `HIVE_MODE=check;` before the command, a script that supports it only checks.
 *
 * @throws RangeError when the command is longer than {@link longestCommand}
 */
export function asRoot({ title, script, readsInput, timeoutSeconds }: RootScript): string {
  const deadline = String(timeoutSeconds);
  const run = commandLine(
    "sudo",
    "-n",
    "timeout",
    "--kill-after=10",
    deadline,
    "bash",
    "-c",
    loader,
    `hive: ${title}`,
  );
  const input = readsInput ? `; timeout ${deadline} cat` : "";
  const text = `{ printf 'mode=%s\\n%s\\0' "\${HIVE_MODE:-apply}" ${quote(script)}${input}; } | ${run}`;
  assertLength(title, text);
  return text;
}

/**
 * The command that runs others in turn, and stops at the first failure.
 *
 * @param title - name of them all, for the error
 * @throws RangeError when the command is longer than {@link longestCommand}
 */
export function inTurn(title: string, ...commands: readonly string[]): string {
  const text = commands.join(" && ");
  assertLength(title, text);
  return text;
}

function assertLength(title: string, text: string): void {
  if (Buffer.byteLength(text) <= longestCommand) return;
  throw new RangeError(
    `The step ${title} is ${Buffer.byteLength(text)} bytes long, more than the ${longestCommand} that a command may have: split it into two steps.`,
  );
}
