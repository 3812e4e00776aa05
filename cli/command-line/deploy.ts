import type { Command } from "commander";
import type * as deployCommand from "../commands/deploy";
import { type Finish, stackOption } from "./options";
import { wrapped } from "./wrapped";

/** Declares `hive deploy`. */
export function addDeploy(program: Command, finish: Finish): void {
  program
    .command("deploy")
    .summary("build, push and roll out one service, and nothing else")
    .description(
      "The quick path for a change in one service: builds and pushes its image, pulls it onto the servers and rolls the " +
        "service out, and with it the others that run the same image. The rest of the stage is not checked. Servers, networks, volumes, secrets and new services need `hive up`.",
    )
    .argument("<service>", "name of a service in site/")
    .addOption(stackOption())
    .option("--only", "leave out other services that run the same image", false)
    .option("-y, --yes", "do not ask", false)
    .addHelpText(
      "after",
      wrapped(`
If the roll-out fails, the Swarm rolls it back: the release before keeps running, and the exit code is 1.

Examples:
  npx hive deploy portal
  npx hive deploy portal --only
  npx hive deploy portal --yes && npx hive status`),
    )
    .action(async (service: string, options: { stack: string; only: boolean; yes: boolean }) => {
      const { deploy } = require("../commands/deploy") as typeof deployCommand;
      await finish(deploy({ ...options, service }));
    });
}
