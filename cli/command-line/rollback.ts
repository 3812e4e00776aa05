import type { Command } from "commander";
import type * as rollbackCommand from "../commands/rollback";
import { type Finish, stackOption } from "./options";
import { wrapped } from "./wrapped";

/** Declares `hive rollback`. */
export function addRollback(program: Command, finish: Finish): void {
  program
    .command("rollback")
    .summary("run an earlier release of a service, until it is unpinned")
    .description(
      "Pins an earlier release of a service's image in hive:pins of Pulumi.<stage>.yaml (commit that file), and rolls the " +
        "service out. `hive up` respects the pin.",
    )
    .argument("<service>", "name of a service whose image the site builds")
    .addOption(stackOption())
    .option(
      "--to <digest>",
      "the release whose digest begins with this (default: the one before the running one)",
    )
    .option("--list", "only list the releases", false)
    .option("--json", "with --list: as JSON", false)
    .option("--release", "remove the pin and roll out what site/ says now", false)
    .option("-y, --yes", "do not ask", false)
    .addHelpText(
      "after",
      wrapped(`
Examples:
  npx hive rollback portal --list
  npx hive rollback portal
  npx hive rollback portal --to 3f2a91 --yes
  npx hive rollback portal --release         the same as: npx hive unpin portal`),
    )
    .action(async (service: string, options: Omit<rollbackCommand.RollbackOptions, "service">) => {
      const { rollback } = require("../commands/rollback") as typeof rollbackCommand;
      await finish(rollback({ ...options, service }));
    });
}
