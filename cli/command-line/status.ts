import type { Command } from "commander";
import type * as statusCommand from "../commands/status";
import { type Finish, stackOption } from "./options";
import { wrapped } from "./wrapped";

/** Declares `hive status`. */
export function addStatus(program: Command, finish: Finish): void {
  program
    .command("status")
    .summary("show the state of servers and services, and what is wrong")
    .description(
      "Asks all servers at once. Prints their answers on one screen, and what is wrong in plain words.\n" +
        "A server that does not answer within 5 seconds is reported as unreachable. The addresses of services are asked from this computer.",
    )
    .addOption(stackOption())
    .option("--json", "print the report as JSON", false)
    .addHelpText(
      "after",
      wrapped(
        "\nExit code: 0 all is well, 1 something is wrong.\n\nExamples:\n  npx hive status\n  npx hive status --json | jq -r '.problems[]'",
      ),
    )
    .action(async (options: { stack: string; json: boolean }) => {
      const { status } = require("../commands/status") as typeof statusCommand;
      await finish(status(options));
    });
}
