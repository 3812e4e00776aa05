import type { Command } from "commander";
import type * as destroyCommand from "../commands/destroy";
import { type Finish, stackOption } from "./options";
import { wrapped } from "./wrapped";

/** Declares `hive destroy`. */
export function addDestroy(program: Command, finish: Finish): void {
  program
    .command("destroy")
    .summary("remove a stage completely, with its data")
    .description(
      "Removes a stage completely. On the private stage these are all its containers, networks, volumes and files; caches " +
        "(base images, the toolchain) stay. It also works when servers are unreachable or parts are missing.",
    )
    .addOption(stackOption())
    .option(
      "-y, --yes",
      "do not ask (for staging and production, the question asks for the stage's name)",
      false,
    )
    .option(
      "--force",
      "private stage: remove the servers even if Pulumi cannot destroy what is on them",
      false,
    )
    .addHelpText("after", wrapped("\nExamples:\n  npx hive destroy\n  npx hive destroy --yes"))
    .action(async (options: { stack: string; yes: boolean; force: boolean }) => {
      const { destroy } = require("../commands/destroy") as typeof destroyCommand;
      await finish(destroy(options));
    });
}
