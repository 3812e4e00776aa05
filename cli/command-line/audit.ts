import type { Command } from "commander";
import type * as auditCommand from "../commands/audit";
import { type Finish, stackOption } from "./options";
import { wrapped } from "./wrapped";

/** Declares `hive audit`. */
export function addAudit(program: Command, finish: Finish): void {
  program
    .command("audit")
    .summary("look for weaknesses of a running stage")
    .description(
      "Checks the servers of a stage against docs/security.md: open ports, accounts and keys, certificates, images, networks, modes of files, rights of containers, the firewall.\n" +
        "Prints what is wrong, the worst first, and what to do. Changes nothing; on each cluster server, a container without rights runs for some seconds. A server that does not answer is a finding, and stops nothing.",
    )
    .addOption(stackOption())
    .option("--json", "print the report as JSON", false)
    .addHelpText(
      "after",
      wrapped(
        "\nExit code: 0 nothing was found, 1 something was.\n\nExamples:\n  npx hive audit\n  npx hive audit --stack production\n  npx hive audit --json | jq -r '.findings[] | [.id, .where] | @tsv'",
      ),
    )
    .action(async (options: { stack: string; json: boolean }) => {
      const { audit } = require("../commands/audit") as typeof auditCommand;
      await finish(audit(options));
    });
}
