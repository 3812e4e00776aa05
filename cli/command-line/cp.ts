import type { Command } from "commander";
import type * as cpCommand from "../commands/cp";
import { type Finish, hostOption, replicaOption, stackOption } from "./options";
import { wrapped } from "./wrapped";

/** Declares `hive cp`. */
export function addCp(program: Command, finish: Finish): void {
  program
    .command("cp")
    .summary("copy files to and from a service's container")
    .description(
      "Copies a file or a folder between this computer and the container of a running task of a service, as `docker cp` does.\n" +
        "Exactly one side is <service>:<path>. `-` is a tar stream: as the source it is read from standard input, as the " +
        "destination it is written to standard output.",
    )
    .argument("<source>", "<service>:<path>, a path here, or -")
    .argument("<destination>", "a path here, <service>:<path>, or -")
    .addOption(stackOption())
    .addOption(replicaOption())
    .addOption(hostOption())
    .option("-L, --follow-link", "if the source is a symbolic link, copy its target", false)
    .option("-a, --archive", "keep owner and group (numbers) of each file", false)
    .addHelpText(
      "after",
      wrapped(`
If the destination exists, a folder is copied into it; otherwise the copy gets the destination's name. With /. at its end,
only the contents of the folder are copied. The parent folder of the destination must exist. Without --archive, root owns
the files there, and you own them here. A copy changes one container only: the next roll-out starts from the image again.

Examples:
  npx hive cp gate:/etc/gate/nginx.conf .
  npx hive cp status.html gate:/usr/share/gate/ --host hive1
  npx hive cp ldap:/var/backups/. backups
  npx hive cp ldap:/etc/hive-ldap - | tar -t
  tar -c users.ldif | npx hive cp - ldap:/tmp`),
    )
    .action(
      async (
        source: string,
        destination: string,
        options: Omit<cpCommand.CpOptions, "source" | "destination">,
      ) => {
        const { cp } = require("../commands/cp") as typeof cpCommand;
        await finish(cp({ ...options, source, destination }));
      },
    );
}
