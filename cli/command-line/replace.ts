import type { Command } from "commander";
import type * as replaceCommand from "../commands/replace";
import { type Finish, stackOption } from "./options";
import { wrapped } from "./wrapped";

/** Declares `hive replace`. */
export function addReplace(program: Command, finish: Finish): void {
  program
    .command("replace")
    .summary("replace a server by a new one")
    .description(
      "Replaces one server deliberately: moves all its tasks away, makes a new server in its place, sets it up, lets it join the Swarm, and judges the stage as `hive status` does. " +
        "The server keeps its name and addresses; on AWS also the disks of replicated volumes, but no local volume. On a protected stage, only this server loses its protection for the run.",
    )
    .argument("<host>", "hive0, p-hive0, p-hive0.hive.example or the server's number: 0")
    .addOption(stackOption())
    .option(
      "--force",
      "also while another server is away, or while services have their only task on this one",
      false,
    )
    .option("-y, --yes", "do not ask", false)
    .addHelpText(
      "after",
      wrapped(`
Before anything changes, it says which services move, what is kept and what is lost. What else has changed in the project is done in the same run: \`hive preview\` shows it.
If the run is interrupted, the same command goes on with it.

Examples:
  npx hive replace hive1
  npx hive replace hive1 --stack staging --yes
  npx hive replace hive3 --stack production      the repository server`),
    )
    .action(async (host: string, options: { stack: string; force: boolean; yes: boolean }) => {
      const { replace } = require("../commands/replace") as typeof replaceCommand;
      await finish(replace({ ...options, host }));
    });
}
