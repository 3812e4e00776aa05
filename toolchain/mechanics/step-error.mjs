// @ts-check

/**
 * The error of a step: the problem and the remedy, separately.
 */
export class StepError extends Error {
  /**
   * @param {string} message what is wrong, with the path and value that matter
   * @param {object} [more]
   * @param {string[]} [more.remedy] what to do: one line each, commands indented by two spaces
   * @param {string} [more.log] the file with the whole output of what failed
   * @param {string[]} [more.tail] the last lines of that output
   */
  constructor(message, { remedy = [], log, tail = [] } = {}) {
    super(message);
    this.name = "StepError";
    this.remedy = remedy;
    this.log = log;
    this.tail = tail;
  }
}

/**
 * The text for a person for anything that was thrown.
 * @param {unknown} error
 * @returns {string[]} lines: the message, the end of the output, the log's path, the remedy
 */
export function explain(error) {
  if (!(error instanceof StepError)) {
    return [error instanceof Error ? (error.stack ?? error.message) : String(error)];
  }
  return [
    ...error.message.split("\n"),
    ...error.tail.map((line) => `  | ${line}`),
    ...(error.log === undefined ? [] : [`Whole output: ${error.log}`]),
    ...(error.remedy.length === 0
      ? []
      : ["What to do:", ...error.remedy.map((line) => `  ${line}`)]),
  ];
}
