import type { Command } from "commander";
import type * as statusCommand from "../commands/status";
import { type Finish, stackOption } from "./options";

/** Declares `hive status`. */
export function addStatus(program: Command, finish: Finish): void {
  program
    .command("status")
    .summary("show how servers and services are, and what is wrong")
    .description(
      "Asks all servers at once and prints what they say, on one screen, and what is wrong in plain words.\n" +
        "A server that does not answer within 5 seconds is reported, not waited for.",
    )
    .addOption(stackOption())
    .option("--json", "print the report as JSON", false)
    .addHelpText(
      "after",
      "\nExit code: 0 all is well, 1 something is wrong.\n\nExamples:\n  npx hive status\n  npx hive status --json | jq -r '.problems[]'",
    )
    .action(async (options: { stack: string; json: boolean }) => {
      const { status } = require("../commands/status") as typeof statusCommand;
      await finish(status(options));
    });
}
