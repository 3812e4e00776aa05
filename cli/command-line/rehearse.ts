import { Command, Option } from "commander";
import type * as rehearseCommand from "../commands/rehearse";
import type { Finish } from "./options";
import { wrapped } from "./wrapped";

/** Declares `hive rehearse`. */
export function addRehearse(program: Command, finish: Finish): void {
  const rehearse = program
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
    .addOption(
      new Option(
        "--scenario <scenario>",
        "run a scenario and report what answered when; one of hive's, or a file",
      ).conflicts(["status", "stop", "clean"]),
    )
    .addOption(
      new Option(
        "--raise-quota <quota>",
        "raise a quota of the emulated account, as ec2/L-0263D0A3=8: 8 Elastic IPs",
      ).conflicts(["status", "stop", "clean", "scenario"]),
    )
    .passThroughOptions()
    .addHelpText(
      "after",
      wrapped(`
Options of a command follow the command. The first time, it gets the AWS provider, or builds it (about 5 minutes, 4 GiB of memory), and installs the emulator.
It needs Linux with a Docker Engine of its own. Its instances have the rights of the servers of the private stage: rehearse on a computer of your own.

Exit codes are those of the command. A scenario ends with 0 when everything is as it expects, else with 1; with 2 when it names what the stage does not have (docs/scenarios.md). While volumes are not replicated, zone-loss and rolling-replace name what was lost and end with 1.

Scenarios of hive:
  zone-loss        a whole zone fails at once, and comes back
  rolling-replace  every cluster server is replaced, one after the other
  api-throttled    a stopped server is brought back while AWS throttles its API

Examples:
  npx hive rehearse staging
  npx hive rehearse staging up --yes
  npx hive rehearse staging status
  npx hive rehearse staging ssh hive0
  npx hive rehearse staging destroy --yes
  npx hive rehearse staging --scenario zone-loss
  npx hive rehearse staging --scenario ./monday.yaml
  npx hive rehearse staging --raise-quota ec2/L-0263D0A3=8
  npx hive rehearse --stop staging
  npx hive rehearse --clean staging`),
    )
    .action(
      async (
        stage: string,
        words: readonly string[],
        options: {
          status?: boolean;
          stop?: boolean;
          clean?: boolean;
          scenario?: string;
          raiseQuota?: string;
        },
      ) => {
        const { status, stop, clean, scenario, raiseQuota } = options;
        if (scenario !== undefined && words.length > 0)
          rehearse.error("error: a scenario and a command cannot be run together");
        if (raiseQuota !== undefined && words.length > 0)
          rehearse.error("error: --raise-quota and a command cannot be run together");
        const command = require("../commands/rehearse") as typeof rehearseCommand;
        const action =
          status === true
            ? "status"
            : stop === true
              ? "stop"
              : clean === true
                ? "clean"
                : undefined;
        await finish(
          command.rehearse({
            ...{ stage, words },
            ...(action === undefined ? {} : { action }),
            ...(scenario === undefined ? {} : { scenario }),
            ...(raiseQuota === undefined ? {} : { raiseQuota }),
          }),
        );
      },
    );
  rehearse.parseOptions = (words) =>
    Command.prototype.parseOptions.call(rehearse, optionsFirst(words));
}

/** The options that have a value. */
const valued: ReadonlySet<string | undefined> = new Set(["--scenario", "--raise-quota"]);

/**
 * The words of a command line with the options that follow the stage before it: what comes after
 * them is a command with options of its own. Pure.
 */
export function optionsFirst(words: readonly string[]): string[] {
  const [stage = "", ...rest] = words;
  if (stage === "" || stage.startsWith("-")) return [...words];
  let end = 0;
  while (rest[end]?.startsWith("-") === true) end += valued.has(rest[end]) ? 2 : 1;
  return [...rest.slice(0, end), stage, ...rest.slice(end)];
}
