import type { Command } from "commander";
import type * as previewCommand from "../commands/preview";
import { type Finish, stackOption } from "./options";
import { wrapped } from "./wrapped";

/** Declares `hive preview`. */
export function addPreview(program: Command, finish: Finish): void {
  program
    .command("preview")
    .summary("show in a few lines what `hive up` would change, without changing anything")
    .description(
      "Shows in a few lines what `hive up` would change: services and which of them restart, open ports, volumes and " +
        "their data. Compares Pulumi.<stage>.yaml and site/ with what the last complete run has built. Asks no server " +
        "and changes nothing.",
    )
    .addOption(stackOption())
    .option("--json", "print the changes as JSON", false)
    .addHelpText(
      "after",
      wrapped(`
Changes made without hive are not seen; \`npx hive up --refresh\` finds them. \`npx hive pulumi -- preview --diff\` shows
each resource.

Examples:
  npx hive preview
  npx hive preview --stack production --json | jq '.changes[].name'`),
    )
    .action(async (options: { stack: string; json: boolean }) => {
      const { preview } = require("../commands/preview") as typeof previewCommand;
      await finish(preview(options));
    });
}
