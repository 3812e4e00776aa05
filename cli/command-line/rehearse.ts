import { type Command, Option } from "commander";
import type * as rehearseCommand from "../commands/rehearse";
import type { Finish } from "./options";
import { wrapped } from "./wrapped";

/** Declares `hive rehearse`. */
export function addRehearse(program: Command, finish: Finish): void {
  program
    .command("rehearse")
    .summary("run a stage on AWS on this computer, without AWS")
    .description(
      "Runs a command of hive (default: `up`) on a rehearsal of the stage: the unchanged program with the real AWS provider, against an emulated AWS on this computer, " +
        "whose instances are containers. Nothing at AWS changes, and no account is needed. Pulumi.<stage>.yaml and the stage's state stay as they are.",
    )
    .argument("<stage>", "staging or production")
    .argument("[command...]", "command of hive with its options")
    .addOption(
      new Option("--status", "show what runs of the rehearsal").conflicts(["stop", "clean"]),
    )
    .addOption(
      new Option("--stop", "end it; the next command goes on with it").conflicts(["clean"]),
    )
    .addOption(new Option("--clean", "remove all that it made on this computer"))
    .passThroughOptions()
    .addHelpText(
      "after",
      wrapped(`
Give --status, --stop or --clean before the stage. The first time, it gets the AWS provider, or builds it (about 5 minutes, 4 GiB of memory), and installs the emulator.
It needs Linux with a Docker Engine of its own. Its instances have the rights of the servers of the private stage: rehearse on a computer of your own.

Exit codes are those of the command.

Examples:
  npx hive rehearse staging
  npx hive rehearse staging up --yes
  npx hive rehearse staging status
  npx hive rehearse staging ssh hive0
  npx hive rehearse staging destroy --yes
  npx hive rehearse --stop staging
  npx hive rehearse --clean staging`),
    )
    .action(
      async (
        stage: string,
        words: readonly string[],
        { status, stop, clean }: { status?: boolean; stop?: boolean; clean?: boolean },
      ) => {
        const { rehearse } = require("../commands/rehearse") as typeof rehearseCommand;
        const action =
          status === true
            ? "status"
            : stop === true
              ? "stop"
              : clean === true
                ? "clean"
                : undefined;
        await finish(rehearse({ stage, words, ...(action === undefined ? {} : { action }) }));
      },
    );
}
