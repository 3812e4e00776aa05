import type { Command } from "commander";
import type * as shellCommand from "../commands/shell";
import { type Finish, hostOption, replicaOption, stackOption } from "./options";
import { wrapped } from "./wrapped";

/** Declares `hive shell`. */
export function addShell(program: Command, finish: Finish): void {
  program
    .command("shell")
    .summary("open a shell in a service's container, wherever it runs")
    .description(
      "Opens a shell in the container of a running task of a service: bash, ash or sh, whichever the image has. The shell " +
        "follows the size of your terminal. Without a terminal, it reads commands from standard input.",
    )
    .argument("<service>", "name of a service")
    .addOption(stackOption())
    .addOption(replicaOption())
    .addOption(hostOption())
    .option("-u, --user <user>", "as this user of the container, or user:group")
    .addHelpText(
      "after",
      wrapped(`
Exit code: that of the shell; 255 when its server is unreachable.

Examples:
  npx hive shell ldap
  npx hive shell portal --replica 2
  npx hive shell gate --host hive1 --user root
  echo 'df -h /var/lib/ldap' | npx hive shell ldap`),
    )
    .action(async (service: string, options: Omit<shellCommand.ShellOptions, "service">) => {
      const { shell } = require("../commands/shell") as typeof shellCommand;
      await finish(shell({ ...options, service }));
    });
}
