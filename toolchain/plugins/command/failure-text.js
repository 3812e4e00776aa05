// @ts-check
/**
 * The text of a failed command. Unlike the official plugin's it quotes no standard input and no
 * secret, not even where the command printed them itself, and no stream that `logging` leaves out.
 */

const longestOutput = 16_000;
const longestCommand = 300;
/** Shorter lines of a secret are not looked for: they would blank out ordinary words. */
const shortestSecret = 4;

/**
 * @param {string[]} secrets whole texts; their lines are kept out too
 * @returns {(text: string) => string} replaces them by `[secret]`
 */
function redactor(secrets) {
  const parts = secrets
    .flatMap((secret) => [
      secret,
      secret.trim(),
      ...secret.split(/\r?\n/).map((line) => line.trim()),
    ])
    .filter((part) => part.length >= shortestSecret);
  const longestFirst = [...new Set(parts)].sort((a, b) => b.length - a.length);
  return (text) => longestFirst.reduce((rest, part) => rest.replaceAll(part, "[secret]"), text);
}

/** @param {string} text @returns {string} its end, when it is long */
function tail(text) {
  return text.length <= longestOutput
    ? text
    : `(the first ${text.length - longestOutput} characters are left out)\n${text.slice(-longestOutput)}`;
}

/**
 * @param {object} failure
 * @param {string} failure.where "root@10.0.0.1:22" or "this computer"
 * @param {string} failure.ending "exit status 3", "signal KILL" …
 * @param {string | undefined} failure.command undefined when the command is a secret
 * @param {string} failure.output what may be quoted of the output
 * @param {string | undefined} failure.logging the input `logging`
 * @param {(text: string) => string} redact
 * @returns {string}
 */
function failureText({ where, ending, command, output, logging }, redact) {
  const shown =
    command === undefined
      ? "(a secret)"
      : command.length <= longestCommand
        ? command
        : `${command.slice(0, longestCommand)} … (${command.length} characters)`;
  // The whole output, before it is cut: half a secret is not found any more.
  const quoted = tail(redact(output)).trimEnd();
  const said =
    quoted !== ""
      ? `Its output was:\n${quoted}`
      : logging === "none"
        ? 'Its output is not shown, because `logging` is "none".'
        : "It printed nothing.";
  return `The command on ${where} ended with ${ending}.\nIt was:\n${redact(shown)}\n${said}`;
}

module.exports = { redactor, failureText };
