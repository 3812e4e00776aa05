import type { Command } from "commander";
import type * as drainCommand from "../commands/drain";
import { type Finish, stackOption } from "./options";
import { wrapped } from "./wrapped";

const hostArgument = "hive0, p-hive0, p-hive0.hive.example or the server's number: 0";

/** Declares `hive drain`. */
export function addDrain(program: Command, finish: Finish): void {
  program
    .command("drain")
    .summary("move all tasks away from a server, for work on it")
    .description(
      "Drains a server before an upgrade, a reboot or a repair: all its tasks move to other servers, and no new ones start on " +
        "it. Ends when all of them run elsewhere and their volumes are released. Refused while another server is unreachable or " +
        "drained.",
    )
    .argument("<host>", hostArgument)
    .addOption(stackOption())
    .option("-y, --yes", "do not ask", false)
    .addHelpText(
      "after",
      wrapped(`
Tasks that may not run elsewhere, because of a constraint for example, stop and wait for this server.

Examples:
  npx hive drain hive1
  npx hive ssh hive1 -- sudo apt-get dist-upgrade
  npx hive undrain hive1`),
    )
    .action(async (host: string, options: { stack: string; yes: boolean }) => {
      const { drain } = require("../commands/drain") as typeof drainCommand;
      await finish(drain({ ...options, host }));
    });
}

/** Declares `hive undrain`. */
export function addUndrain(program: Command, finish: Finish): void {
  program
    .command("undrain")
    .summary("let a server take tasks again")
    .description(
      "Undoes `hive drain`. Global services start a task on the server at once; other tasks stay where they are.",
    )
    .argument("<host>", hostArgument)
    .addOption(stackOption())
    .addHelpText(
      "after",
      wrapped("\nExamples:\n  npx hive undrain hive1\n  npx hive undrain 1 --stack staging"),
    )
    .action(async (host: string, options: { stack: string }) => {
      const { undrain } = require("../commands/drain") as typeof drainCommand;
      await finish(undrain({ ...options, host }));
    });
}
