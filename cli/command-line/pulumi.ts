import type { Command } from "commander";
import type * as pulumiCommand from "../commands/pulumi";
import { type Finish, stackOption } from "./options";
import { wrapped } from "./wrapped";

/** Declares `hive pulumi`. */
export function addPulumi(program: Command, finish: Finish): void {
  program
    .command("pulumi")
    .summary("run Pulumi itself on a stage")
    .description(
      "Runs any Pulumi command on the stage, with the project's environment and the stage's configuration.",
    )
    .argument("<arguments...>", "after --: a Pulumi command and its options")
    .addOption(stackOption())
    .addHelpText(
      "after",
      wrapped(`
Exit code: that of Pulumi.

Examples:
  npx hive pulumi -- preview --diff
  npx hive pulumi -- refresh --expect-no-changes
  npx hive pulumi -- stack history`),
    )
    .action(async (args: string[], options: { stack: string }) => {
      const { pulumi } = require("../commands/pulumi") as typeof pulumiCommand;
      await finish(pulumi({ ...options, args }));
    });
}
