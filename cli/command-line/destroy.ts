import type { Command } from "commander";
import type * as destroyCommand from "../commands/destroy";
import { type Finish, stackOption } from "./options";

/** Declares `hive destroy`. */
export function addDestroy(program: Command, finish: Finish): void {
  program
    .command("destroy")
    .summary("remove all of a stage, with its data")
    .description(
      "Removes all of a stage. On the private stage that is every container, network, volume and file of it; caches\n" +
        "(base images, the toolchain) stay. Works with dead servers, and when parts are gone already.",
    )
    .addOption(stackOption())
    .option(
      "-y, --yes",
      "do not ask (for staging and production the question is the stage's name)",
      false,
    )
    .option(
      "--force",
      "private stage: remove the servers even if the engine cannot destroy what is on them",
      false,
    )
    .addHelpText("after", "\nExamples:\n  npx hive destroy\n  npx hive destroy --yes")
    .action(async (options: { stack: string; yes: boolean; force: boolean }) => {
      const { destroy } = require("../commands/destroy") as typeof destroyCommand;
      await finish(destroy(options));
    });
}
