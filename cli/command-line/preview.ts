import { type Command, Option } from "commander";
import type * as previewCommand from "../commands/preview";
import { type Finish, stackOption } from "./options";
import { wrapped } from "./wrapped";

interface PreviewFlags extends previewCommand.PreviewOptions {
  readonly json: boolean;
}

/** Declares `hive preview`. */
export function addPreview(program: Command, finish: Finish): void {
  program
    .command("preview")
    .summary("show in a few lines what `hive up` would change, without changing anything")
    .description(
      "Shows in a few lines what `hive up` would change: services and which of them restart, open ports, volumes and " +
        "their data. Compares Pulumi.<stage>.yaml and site/ with what the last complete run has built, or with a revision " +
        "of git. Asks no server and changes nothing.",
    )
    .addOption(stackOption())
    .option("--against <revision>", "compare with the site at this revision of git instead")
    .addOption(
      new Option(
        "--format <format>",
        "print for people, for a comment on a change, or for programs",
      )
        .choices(["text", "markdown", "json"])
        .default("text"),
    )
    .option("--json", "the same as --format json", false)
    .addHelpText(
      "after",
      wrapped(`
Changes made without hive are not seen; \`npx hive up --refresh\` finds them. \`npx hive pulumi -- preview --diff\` shows
each resource.

With --against, both plans are made by this version of hive, from the files of the site and the stage: a review of a branch
needs no running stage.

Examples:
  npx hive preview
  npx hive preview --against HEAD
  npx hive preview --against origin/main --format markdown
  npx hive preview --stack production --json | jq '.changes[].name'`),
    )
    .action(async ({ json, ...options }: PreviewFlags) => {
      const { preview } = require("../commands/preview") as typeof previewCommand;
      await finish(preview(json ? { ...options, format: "json" } : options));
    });
}
