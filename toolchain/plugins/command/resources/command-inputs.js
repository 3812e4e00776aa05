// @ts-check
/** What local and remote commands have in common: which command runs, with which environment. */
const values = require("../property-values");

/**
 * @typedef {Record<string, unknown>} Properties as the engine sends them, with marks
 * @typedef {object} CommandInputs the same without marks
 * @property {string} [create]
 * @property {string} [update]
 * @property {string} [delete]
 * @property {Record<string, string>} [environment]
 * @property {string} [stdin]
 * @property {string} [logging]
 * @property {boolean} [addPreviousOutputInEnv] default true
 * @property {string} [stdout] of the last run, in a state
 * @property {string} [stderr] of the last run, in a state
 */

/**
 * @param {Properties} properties
 * @returns {CommandInputs}
 */
const commandInputs = (properties) => /** @type {CommandInputs} */ (values.unwrap(properties));

/**
 * @param {CommandInputs} inputs
 * @param {Properties | undefined} state whose output the command is told; undefined on create
 * @returns {Record<string, string>} PULUMI_COMMAND_STDOUT and _STDERR, where there was any output
 */
function previousOutput({ addPreviousOutputInEnv }, state) {
  if (state === undefined || addPreviousOutputInEnv === false) {
    return {};
  }
  const { stdout = "", stderr = "" } = commandInputs(state);
  return {
    ...(stdout === "" ? {} : { PULUMI_COMMAND_STDOUT: stdout }),
    ...(stderr === "" ? {} : { PULUMI_COMMAND_STDERR: stderr }),
  };
}

/**
 * The outputs of a preview: what a command prints is known only when it has run.
 *
 * @param {Properties} inputs
 * @param {Properties} [state] the last outputs, on update
 * @returns {Properties}
 */
function previewOutputs(inputs, state = {}) {
  const produced = ["assets", "archive"].filter((name) => Object.hasOwn(state, name));
  return {
    ...inputs,
    ...Object.fromEntries(["stdout", "stderr", ...produced].map((name) => [name, values.unknown])),
  };
}

/**
 * @param {Properties | undefined} state
 * @returns {Properties} the outputs that a run produces, as the last run left them
 */
function producedOutputs(state = {}) {
  const { stdout = "", stderr = "", assets, archive } = state;
  return {
    stdout,
    stderr,
    ...(assets === undefined ? {} : { assets }),
    ...(archive === undefined ? {} : { archive }),
  };
}

module.exports = { commandInputs, previousOutput, previewOutputs, producedOutputs };
