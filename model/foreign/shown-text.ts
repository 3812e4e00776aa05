import { hidden } from "./code-text";

/**
 * A remedy repeats what the user wrote, so that it can be copied; but commands, variables, labels
 * and options are places where people put passwords by mistake, and a problem is printed to
 * terminals and logs. So of these a text is repeated only when it is plainly none; `…` stands for
 * all others.
 */

/** Names of variables, flags and labels behind which a secret is to be expected. */
const secretName =
  /pass|pwd|secret|token|key|cred|auth|login|private|salt|cert|cookie|session|user:|^-[pua]$/i;

/** Forms of texts that are no secrets. */
const plain: readonly RegExp[] = [
  // Numbers, switches and short words.
  /^[+-]?[0-9]{1,6}(\.[0-9]{1,6})?%?$/,
  /^[0-9]+(ms|s|m|h|d|[kKmMgG](i?[bB])?)$/,
  /^[A-Za-z]{1,10}$/,
  // Flags, without a value that is stuck to a single letter.
  /^-[A-Za-z]{1,3}$/,
  /^--[a-z][a-z0-9_.-]*$/i,
  // Paths, names of time zones, host names with a dot or a port, addresses of the web without a
  // password or a query.
  /^\/[A-Za-z0-9_.@/-]*$/,
  /^[A-Z][a-z]+\/[A-Za-z_]+$/,
  /^[a-z0-9-]+(\.[a-z0-9-]+)+(:[0-9]{1,5})?(\/[a-z0-9._/-]*)?$/,
  /^[a-z0-9-]+:[0-9]{1,5}$/,
  /^[a-z][a-z0-9+.-]*:\/\/\/?[A-Za-z0-9.-]+(:[0-9]{1,5})?(\/[A-Za-z0-9_./-]*)?$/,
  // Templates of Swarm.
  /^\{\{ ?\.[A-Za-z.]+ ?\}\}$/,
  // Operators of a shell.
  /^(\|\|?|&&|;|>|>>|<|2>&1|!)$/,
];

/** Whether a text that stands alone is plainly no secret. */
function isPlain(text: string): boolean {
  if (text.length > 80 || secretName.test(text.replace(/^-+/, "--"))) return false;
  const [, name = "", value = ""] = /^(-{0,2}[A-Za-z][A-Za-z0-9_.-]*)=(.*)$/.exec(text) ?? [];
  if (name !== "") return value === "" || isPlain(value);
  return plain.some((form) => form.test(text));
}

/** The value of a variable, label or option as it may be printed. */
export function shownValue(name: string, value: string): string {
  return value === "" || (!secretName.test(name) && isPlain(value)) ? value : hidden;
}

/**
 * The words of a command as they may be printed: the program always, what follows only where it is
 * plainly no secret.
 */
export function shownWords(words: readonly string[]): readonly string[] {
  return words.map((word, index) => {
    if (index === 0) return isProgram(word) ? word : hidden;
    const before = words[index - 1] ?? "";
    return secretName.test(before) ? hidden : isPlain(word) ? word : hidden;
  });
}

/** The text of a shell as it may be printed: all of it or nothing. */
export function shownShell(text: string): string {
  const words = text.trim().split(/\s+/);
  const isShown = words.every((word, index) => {
    const before = words[index - 1] ?? "||";
    if (/^(\|\|?|&&|;|!)$/.test(before)) return isProgram(word);
    return !secretName.test(before) && isPlain(word);
  });
  return isShown ? text : hidden;
}

function isProgram(word: string): boolean {
  return (
    /^[A-Za-z0-9_./-]{1,60}$/.test(word) &&
    (word.includes("/") || !secretName.test(word) || word === "login")
  );
}
