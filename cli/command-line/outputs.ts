import type { Command } from "commander";
import type * as outputsCommand from "../commands/outputs";
import { type Finish, stackOption } from "./options";
import { wrapped } from "./wrapped";

/** Declares `hive outputs`. */
export function addOutputs(program: Command, finish: Finish): void {
  program
    .command("outputs")
    .summary("print the outputs of a stage, for other programs")
    .description("Prints the stack's outputs: servers, services, registry. None of them is secret.")
    .addOption(stackOption())
    .option("--json", "print them as JSON, as `pulumi stack output --json` does", false)
    .addHelpText(
      "after",
      wrapped(
        "\nExamples:\n  npx hive outputs\n  npx hive outputs --json | jq -r '.hosts[].publicAddress'",
      ),
    )
    .action(async (options: { stack: string; json: boolean }) => {
      const { outputs } = require("../commands/outputs") as typeof outputsCommand;
      await finish(outputs(options));
    });
}
