import type { Command } from "commander";
import type * as drainCommand from "../commands/drain";
import { type Finish, stackOption } from "./options";

const hostArgument = "hive0, p-hive0, p-hive0.hive.example or the server's number: 0";

/** Declares `hive drain`. */
export function addDrain(program: Command, finish: Finish): void {
  program
    .command("drain")
    .summary("move all tasks away from a server, for work on it")
    .description(
      "Lets every task leave a server, and none come, before somebody works on it: an upgrade, a reboot, a repair. Ends when\n" +
        "all of them run elsewhere and their volumes are let go. Refused while another server is missing or drained.",
    )
    .argument("<host>", hostArgument)
    .addOption(stackOption())
    .option("-y, --yes", "do not ask", false)
    .addHelpText(
      "after",
      `
Tasks that must not move, such as those that are bound to the server by a constraint, stop and wait for it.

Examples:
  npx hive drain hive1
  npx hive ssh hive1 -- sudo apt-get dist-upgrade
  npx hive undrain hive1`,
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
    .summary("let tasks come to a server again")
    .description(
      "Ends what `hive drain` began. Tasks of global services start on the server at once; others stay where they are.",
    )
    .argument("<host>", hostArgument)
    .addOption(stackOption())
    .addHelpText(
      "after",
      "\nExamples:\n  npx hive undrain hive1\n  npx hive undrain 1 --stack staging",
    )
    .action(async (host: string, options: { stack: string }) => {
      const { undrain } = require("../commands/drain") as typeof drainCommand;
      await finish(undrain({ ...options, host }));
    });
}
