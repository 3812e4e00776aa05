import type { Command } from "commander";
import type * as planCommand from "../commands/plan";
import { type Finish, stackOption } from "./options";
import { wrapped } from "./wrapped";

/** Declares `hive plan`. */
export function addPlan(program: Command, finish: Finish): void {
  program
    .command("plan")
    .summary("print what a stage would be, without changing anything")
    .description(
      "Prints servers, addresses, services and placement as decided from Pulumi.<stage>.yaml and site/.\n" +
        "Needs neither Pulumi nor a stack. Lists all mistakes in those files at once (exit code 2).",
    )
    .addOption(stackOption())
    .option("--json", "print the plan as JSON", false)
    .addHelpText(
      "after",
      wrapped(
        "\nExamples:\n  npx hive plan\n  npx hive plan --stack production --json | jq '.hosts[].name'",
      ),
    )
    .action(async (options: { stack: string; json: boolean }) => {
      const { plan } = require("../commands/plan") as typeof planCommand;
      await finish(plan(options));
    });
}
