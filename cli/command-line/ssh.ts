import type { Command } from "commander";
import type * as sshCommand from "../commands/ssh";
import { type Finish, stackOption } from "./options";
import { wrapped } from "./wrapped";

/** Declares `hive ssh`. */
export function addSsh(program: Command, finish: Finish): void {
  program
    .command("ssh")
    .summary("log in to a server, or run a command there")
    .description(
      "Logs in to a server as the admin user, or runs a command there, through this computer's OpenSSH. Only the host " +
        "key that the stage was built with is accepted.",
    )
    .argument("<host>", "hive0, p-hive0, p-hive0.hive.example or the server's number: 0")
    .argument(
      "[command...]",
      "after --: one word is a command line for the remote shell; several are a program and its arguments",
    )
    .addOption(stackOption())
    .addHelpText(
      "after",
      wrapped(`
Exit code: that of the remote command; 255 when there was no connection.

Examples:
  npx hive ssh hive0
  npx hive ssh hive3 -- sudo journalctl -u docker -n 50
  npx hive ssh hive0 -- 'docker ps | wc -l'
  npx hive ssh hive0 -- sudo tar -C /etc/apt -c . > apt.tar`),
    )
    .action(async (host: string, command: string[], options: { stack: string }) => {
      const { ssh } = require("../commands/ssh") as typeof sshCommand;
      await finish(ssh({ ...options, host, command }));
    });
}
