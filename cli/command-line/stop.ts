import type { Command } from "commander";
import type * as stopCommand from "../commands/stop";
import { type Finish, stackOption } from "./options";
import { wrapped } from "./wrapped";

/** Declares `hive stop`. */
export function addStop(program: Command, finish: Finish): void {
  program
    .command("stop")
    .summary("switch the servers of a stage off, and keep everything")
    .description(
      "Shuts all servers of a stage down in order: the cluster servers, then the repository server. Nothing is lost. The site is away until `hive start`; " +
        "any run of `hive up` starts them too. On AWS, servers that are off cost only their disks and addresses.",
    )
    .addOption(stackOption())
    .option("-y, --yes", "do not ask", false)
    .addHelpText(
      "after",
      wrapped("\nExamples:\n  npx hive stop\n  npx hive stop --stack staging --yes"),
    )
    .action(async (options: { stack: string; yes: boolean }) => {
      const { stop } = require("../commands/stop") as typeof stopCommand;
      await finish(stop(options));
    });
}
