import { hidden } from "./code-text";

/**
 * A remedy repeats the user's text, so that it can be copied. But people put passwords into
 * commands, variables, labels and options by mistake, and a problem is printed to terminals and
 * logs. So a text from these places is repeated only when it is plainly not a secret; `…` replaces
 * all others.
 */

/** Names of variables, flags and labels that suggest a secret. */
const secretName =
  /pass|pwd|secret|token|key|cred|auth|login|private|salt|cert|cookie|session|user:|^-[pua]$/i;

/** Forms of texts that are not secrets. */
const plain: readonly RegExp[] = [
  // Numbers, switches and short words.
  /^[+-]?[0-9]{1,6}(\.[0-9]{1,6})?%?$/,
  /^[0-9]+(ms|s|m|h|d|[kKmMgG](i?[bB])?)$/,
  /^[A-Za-z]{1,10}$/,
  // Flags, but not a single letter with a value attached.
  /^-[A-Za-z]{1,3}$/,
  /^--[a-z][a-z0-9_.-]*$/i,
  // Paths, names of time zones, host names with a dot or a port, URLs without a password or a
  // query.
  /^\/[A-Za-z0-9_.@/-]*$/,
  /^[A-Z][a-z]+\/[A-Za-z_]+$/,
  /^[a-z0-9-]+(\.[a-z0-9-]+)+(:[0-9]{1,5})?(\/[a-z0-9._/-]*)?$/,
  /^[a-z0-9-]+:[0-9]{1,5}$/,
  /^[a-z][a-z0-9+.-]*:\/\/\/?[A-Za-z0-9.-]+(:[0-9]{1,5})?(\/[A-Za-z0-9_./-]*)?$/,
  // Templates of Swarm.
  /^\{\{ ?\.[A-Za-z.]+ ?\}\}$/,
  // Shell operators.
  /^(\|\|?|&&|;|>|>>|<|2>&1|!)$/,
];

/** Whether a single text is plainly not a secret. */
function isPlain(text: string): boolean {
  if (text.length > 80 || secretName.test(text.replace(/^-+/, "--"))) return false;
  const [, name = "", value = ""] = /^(-{0,2}[A-Za-z][A-Za-z0-9_.-]*)=(.*)$/.exec(text) ?? [];
  if (name !== "") return value === "" || isPlain(value);
  return plain.some((form) => form.test(text));
}

/** The printable form of a variable's, label's or option's value. */
export function shownValue(name: string, value: string): string {
  return value === "" || (!secretName.test(name) && isPlain(value)) ? value : hidden;
}

/**
 * The printable words of a command: always the program, and arguments only if they are plainly not
 * secrets.
 */
export function shownWords(words: readonly string[]): readonly string[] {
  return words.map((word, index) => {
    if (index === 0) return isProgram(word) ? word : hidden;
    const before = words[index - 1] ?? "";
    return secretName.test(before) ? hidden : isPlain(word) ? word : hidden;
  });
}

/** The printable form of a shell text: all of it or nothing. */
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
