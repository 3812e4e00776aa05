import type { Command } from "commander";
import type * as pulumiCommand from "../commands/pulumi";
import { type Finish, stackOption } from "./options";

/** Declares `hive pulumi`. */
export function addPulumi(program: Command, finish: Finish): void {
  program
    .command("pulumi")
    .summary("run the Pulumi engine itself on a stage")
    .description(
      "Runs any command of the engine with the project's environment, on the stage, with the stage's configuration.",
    )
    .argument("<arguments...>", "after --: a command of the engine and its options")
    .addOption(stackOption())
    .addHelpText(
      "after",
      `
Exit code: that of the engine.

Examples:
  npx hive pulumi -- preview --diff
  npx hive pulumi -- refresh --expect-no-changes
  npx hive pulumi -- stack history`,
    )
    .action(async (args: string[], options: { stack: string }) => {
      const { pulumi } = require("../commands/pulumi") as typeof pulumiCommand;
      await finish(pulumi({ ...options, args }));
    });
}
