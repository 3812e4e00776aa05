// @ts-check
/** `command:local:Command`, and the function `command:local:run`. */
const { localCommand } = require("../input-types");
const { runLocally } = require("../local-process");
const { globArchive, globAssets } = require("../path-globs");
const { commandInputs, previousOutput } = require("./command-inputs");
const { commandResource } = require("./command-resource");

/** @type {import("./command-resource").RunCommand} */
async function run({ command, secret }, inputs, state, operation) {
  const given = commandInputs(inputs);
  const local =
    /** @type {{ interpreter?: string[], dir?: string, assetPaths?: string[], archivePaths?: string[] }} */ (
      given
    );
  const dir = local.dir ?? process.cwd();
  const output = await runLocally(
    {
      command,
      commandIsSecret: secret,
      interpreter: local.interpreter,
      dir,
      environment: { ...given.environment, ...previousOutput(given, state) },
      stdin: given.stdin ?? "",
      logging: given.logging,
    },
    operation,
  );
  return {
    ...output,
    ...(local.assetPaths === undefined ? {} : { assets: globAssets(dir, local.assetPaths) }),
    ...(local.archivePaths === undefined ? {} : { archive: globArchive(dir, local.archivePaths) }),
  };
}

module.exports = { localCommand: commandResource(localCommand, run), runOnce: run };
