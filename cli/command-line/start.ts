import type { Command } from "commander";
import type * as upCommand from "../commands/up";
import { type Finish, stackOption } from "./options";
import { wrapped } from "./wrapped";

/** Declares `hive start`. */
export function addStart(program: Command, finish: Finish): void {
  program
    .command("start")
    .summary("switch the servers of a stage on again")
    .description(
      "Starts the servers that `hive stop` has switched off, waits until the Swarm has a majority and the services run, and judges the stage as `hive status` does. " +
        "It is a run of `hive up`: what has changed in the project is done as well.",
    )
    .addOption(stackOption())
    .option("-y, --yes", "do not ask", false)
    .addHelpText(
      "after",
      wrapped("\nExamples:\n  npx hive start --yes\n  npx hive start --stack staging"),
    )
    .action(async (options: { stack: string; yes: boolean }) => {
      const { up } = require("../commands/up") as typeof upCommand;
      await finish(up({ ...options, refresh: false, engineArguments: [] }));
    });
}
