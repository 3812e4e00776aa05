import type { Command } from "commander";
import type * as execCommand from "../commands/exec";
import { type Finish, hostOption, replicaOption, stackOption } from "./options";
import { wrapped } from "./wrapped";

/** Declares `hive exec`. */
export function addExec(program: Command, finish: Finish): void {
  program
    .command("exec")
    .summary("run a command in a service's container, wherever it runs")
    .description(
      "Runs a command in the container of a running task of a service, on any server. The command reads this computer's " +
        "standard input to its end; if there is a terminal here, the command gets one too.",
    )
    .argument("<service>", "name of a service")
    .argument("<command...>", "after --: a program and its arguments, run without a shell")
    .addOption(stackOption())
    .addOption(replicaOption())
    .addOption(hostOption())
    .option("-u, --user <user>", "run as this user of the container, or user:group")
    .option("-w, --workdir <folder>", "run in this folder of the container")
    .option("-T, --no-tty", "give the command no terminal, even if there is one here")
    .addHelpText(
      "after",
      wrapped(`
Without --replica or --host, the command runs in the first task whose server answers.

Exit code: that of the command (126 and 127: it could not run); 255 when its server is unreachable.

Examples:
  npx hive exec gate --host hive2 -- cat /etc/hostname
  npx hive exec ldap -n 1 -- sh -c 'ls -l /var/lib/ldap | tail -3'
  npx hive exec ldap -- ldap-backup > people.backup
  npx hive exec ldap -- ldapadd -Y EXTERNAL -H ldapi:/// < users.ldif`),
    )
    .action(
      async (
        service: string,
        command: string[],
        options: Omit<execCommand.ExecOptions, "service" | "command">,
      ) => {
        const { exec } = require("../commands/exec") as typeof execCommand;
        await finish(exec({ ...options, service, command }));
      },
    );
}
