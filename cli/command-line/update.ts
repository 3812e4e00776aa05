import type { Command } from "commander";
import type * as updateCommand from "../commands/update";
import { type Finish, stackOption } from "./options";
import { wrapped } from "./wrapped";

/** Declares `hive update`. */
export function addUpdate(program: Command, finish: Finish): void {
  program
    .command("update")
    .summary("get security updates: base images, packages in images and on servers")
    .description(
      "Without it, a stage keeps the base images and packages that it began with. It writes the time into hive:updated of Pulumi.<stage>.yaml, and then does what `hive up` does: " +
        "base images are asked for again, every image is built again without a cache, services are rolled out on them, and servers get today's packages one after the other " +
        "(servers of the private stage are made anew from a new image, and keep their data).",
    )
    .addOption(stackOption())
    .option("--check", "only show whether there are newer base images; changes nothing", false)
    .option("--json", "with --check: print it as JSON", false)
    .option("-y, --yes", "do not ask", false)
    .addHelpText(
      "after",
      wrapped(`
Do it once a month, and when a hole in something that you run becomes known; \`npx hive status\` tells from 30 days on. Try it on the private stage first.
Not renewed: pinned images, images of others (name newer ones in site/), and hive itself. A server that needs a reboot is not rebooted; \`npx hive status\` names it.
If the run fails or is interrupted, \`npx hive up\` goes on with the same update. Commit the changed file: on another computer the run then changes nothing.

Exit codes are those of \`hive up\`; of --check 0, whatever it finds.

Examples:
  npx hive update --check
  npx hive update
  npx hive update --stack production --yes
  npx hive update --check --json | jq -r '.images[] | [.reference, .newer] | @tsv'`),
    )
    .action(async (options: { stack: string; check: boolean; json: boolean; yes: boolean }) => {
      const { update } = require("../commands/update") as typeof updateCommand;
      await finish(update(options));
    });
}
