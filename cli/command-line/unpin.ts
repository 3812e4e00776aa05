import type { Command } from "commander";
import type * as rollbackCommand from "../commands/rollback";
import { type Finish, stackOption } from "./options";
import { wrapped } from "./wrapped";

/** Declares `hive unpin`. */
export function addUnpin(program: Command, finish: Finish): void {
  program
    .command("unpin")
    .summary("end a rollback: run what the site says again")
    .description(
      "Removes the pin of an image from hive:pins of Pulumi.<stage>.yaml and rolls out what site/ says now.",
    )
    .argument("<image>", "name of a pinned image, or of a service that runs it")
    .addOption(stackOption())
    .option("-y, --yes", "do not ask", false)
    .addHelpText(
      "after",
      wrapped("\nExamples:\n  npx hive unpin portal\n  npx hive unpin portal --yes"),
    )
    .action(async (image: string, options: { stack: string; yes: boolean }) => {
      const { unpin } = require("../commands/rollback") as typeof rollbackCommand;
      await finish(unpin({ ...options, image }));
    });
}
