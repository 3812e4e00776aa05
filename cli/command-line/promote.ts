import type { Command } from "commander";
import type * as promoteCommand from "../commands/promote";
import type { Finish } from "./options";

/** Declares `hive promote`. */
export function addPromote(program: Command, finish: Finish): void {
  program
    .command("promote")
    .summary("bring an image from one stage to another, the same bytes")
    .description(
      "Copies an image from the registry of one stage into that of another, by its digest and unchanged, and pins it\n" +
        "in hive:pins of Pulumi.<to>.yaml (commit that file). Nothing is rolled out yet: that is `hive deploy` or `hive up`.\n" +
        "An image that --from does not run with all of its tasks is refused, unless --digest names it.\n" +
        "It goes through this computer, over SSH to the repository servers of both: the stages need not know each other.\n" +
        "What the other registry has already is not copied again; a run that broke off can be repeated.",
    )
    .argument("<image>", "name of an image that the site builds, or of a service that runs it")
    .requiredOption("--from <stage>", "the stage on which the image was proven")
    .requiredOption("--to <stage>", "the stage that gets it")
    .option(
      "--digest <prefix>",
      "the release whose digest begins so (default: the one that --from uses now)",
    )
    .option("-y, --yes", "do not ask", false)
    .addHelpText(
      "after",
      `
Examples:
  npx hive promote webgate --from staging --to production
  npx hive rollback webgate --list --stack staging        the releases that staging has
  npx hive promote webgate --from staging --to production --digest 3f2a91 --yes
  npx hive deploy webgate --stack production              roll out what was promoted
  npx hive rollback webgate --stack production            back to what ran there before
  npx hive unpin webgate --stack production               build from the site's sources again`,
    )
    .action(async (image: string, options: Omit<promoteCommand.PromoteOptions, "image">) => {
      const { promote } = require("../commands/promote") as typeof promoteCommand;
      await finish(promote({ ...options, image }));
    });
}
