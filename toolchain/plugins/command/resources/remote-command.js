// @ts-check
/** `command:remote:Command`. */
const { connectionDefaults, remoteCommand } = require("../input-types");
const values = require("../property-values");
const { runRemotely } = require("../ssh-command");
const { commandInputs, previousOutput } = require("./command-inputs");
const { commandResource } = require("./command-resource");

/**
 * @param {import("./command-inputs").Properties} properties checked inputs or a state
 * @returns {import("../ssh-dial").Connection}
 */
function connectionOf(properties) {
  const given = /** @type {import("../ssh-dial").Connection} */ (
    values.unwrap(properties.connection)
  );
  const { proxy } = given;
  return {
    ...connectionDefaults,
    ...given,
    ...(proxy === undefined ? {} : { proxy: { ...connectionDefaults, ...proxy } }),
  };
}

/** @type {import("./command-resource").RunCommand} */
async function run({ command, secret }, inputs, state, operation) {
  const given = commandInputs(inputs);
  const output = await runRemotely(
    {
      connection: connectionOf(inputs),
      command,
      commandIsSecret: secret,
      environment: given.environment ?? {},
      previous: previousOutput(given, state),
      stdin: given.stdin ?? "",
      logging: given.logging,
    },
    operation,
  );
  return { ...output };
}

module.exports = { remoteCommand: commandResource(remoteCommand, run), connectionOf };
