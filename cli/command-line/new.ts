import { Argument, type Command } from "commander";
import type * as newCommand from "../commands/new";
import type { Finish } from "./options";

/** The choices stand here too: help is printed without the code of the command. */
const kinds = ["service", "job", "image", "secret"] as const;

/** Options as commander gives them. */
interface NewOptions {
  readonly image?: string;
  readonly fromStage: boolean;
  readonly register: boolean;
  readonly dryRun: boolean;
}

/** Declares `hive new`. */
export function addNew(program: Command, finish: Finish): void {
  program
    .command("new")
    .summary("write a new service, job, image or secret into site/")
    .description(
      "Writes files that work as they are (site/services/<name>.ts, site/images/<name>/) and adds them to site/site.ts. " +
        "Overwrites no file, and touches no stage: `npx hive up` builds it.",
    )
    .addArgument(new Argument("<kind>", "what to write").choices(kinds))
    .argument("<name>", "its name: lower-case letters, digits and hyphens")
    .option(
      "--image <image>",
      "service, job: run this image of the site instead of writing a new one",
    )
    .option("--from-stage", "secret: you set the value (default: it is generated)", false)
    .option("--no-register", "write the files only, and leave site/site.ts alone")
    .option("--dry-run", "only print what would be written", false)
    .addHelpText(
      "after",
      `
Examples:
  npx hive new service guestbook
  npx hive new service guestbook --dry-run
  npx hive new job tidy --image guestbook
  npx hive new secret smtp-password --from-stage`,
    )
    .action(async (kind: (typeof kinds)[number], name: string, options: NewOptions) => {
      const { newPart } = require("../commands/new") as typeof newCommand;
      await finish(newPart({ ...options, kind, name }));
    });
}
