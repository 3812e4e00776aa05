import type { Command } from "commander";
import type * as promoteCommand from "../commands/promote";
import type { Finish } from "./options";
import { wrapped } from "./wrapped";

/** Declares `hive promote`. */
export function addPromote(program: Command, finish: Finish): void {
  program
    .command("promote")
    .summary("copy an image from one stage to another, byte for byte")
    .description(
      "Copies an image by its digest, unchanged, from the registry of one stage into the registry of another, and pins it in " +
        "hive:pins of Pulumi.<to>.yaml (commit that file). Nothing is rolled out yet: `hive deploy` or `hive up` does that.\n" +
        "An image that --from does not run with all of its tasks is refused, unless --digest names it.\n" +
        "The copy goes through this computer, over SSH to both repository servers: the stages need no connection to each other.\n" +
        "Parts that the other registry already has are not copied again; an interrupted run can be repeated.",
    )
    .argument("<image>", "name of an image that the site builds, or of a service that runs it")
    .requiredOption("--from <stage>", "the stage on which the image was proven")
    .requiredOption("--to <stage>", "the stage that gets it")
    .option(
      "--digest <prefix>",
      "the release whose digest begins with this (default: the one that --from uses now)",
    )
    .option("-y, --yes", "do not ask", false)
    .addHelpText(
      "after",
      wrapped(`
Examples:
  npx hive promote portal --from staging --to production
  npx hive rollback portal --list --stack staging         the releases that staging has
  npx hive promote portal --from staging --to production --digest 3f2a91 --yes
  npx hive deploy portal --stack production               roll out what was promoted
  npx hive rollback portal --stack production             back to what ran there before
  npx hive unpin portal --stack production                build from the site's sources again`),
    )
    .action(async (image: string, options: Omit<promoteCommand.PromoteOptions, "image">) => {
      const { promote } = require("../commands/promote") as typeof promoteCommand;
      await finish(promote({ ...options, image }));
    });
}
