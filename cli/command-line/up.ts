import { type Command, InvalidArgumentError, Option } from "commander";
import type * as phaseNames from "../../model/phases";
import type { Phase } from "../../model/phases";
import type * as upCommand from "../commands/up";
import { type Finish, stackOption } from "./options";

/** Declares `hive up`. */
export function addUp(program: Command, finish: Finish): void {
  program
    .command("up")
    .summary("bring a stage up, or make it what the project says now")
    .description(
      "Brings a stage up, or makes it what the project says now. A second run changes nothing. It can be interrupted\n" +
        "(Ctrl-C) and run again at any time: it goes on from where it was.",
    )
    .argument("[engine arguments...]", "after --: passed to `pulumi up`, e.g. -- --parallel 4")
    .addOption(stackOption())
    .addOption(
      new Option(
        "--through-phase <phase>",
        "stop after this phase (default: hive:throughPhase of the stage, else all)",
      ).argParser(phaseOf),
    )
    .option(
      "--refresh",
      "first ask every host and service for its real state, to find what was changed by hand",
      false,
    )
    .option("-y, --yes", "do not ask", false)
    .addHelpText(
      "after",
      `
Servers of the private stage that were removed from this computer's Docker Engine are noticed without --refresh.
When an image, a service or its initial data fails, what does not need it is done all the same; the exit code is 1.
The full log of each run is kept in .hive/<stage>/logs/.

Examples:
  npx hive up --yes
  npx hive up --through-phase setup-hosts    servers and Swarm, but no services yet
  npx hive up --refresh                      also mend what was changed behind hive's back
  npx hive up -- --diff                      more of the engine's own options`,
    )
    .action(
      async (
        engineArguments: string[],
        options: { stack: string; throughPhase?: Phase; refresh: boolean; yes: boolean },
      ) => {
        const { up } = require("../commands/up") as typeof upCommand;
        await finish(up({ ...options, engineArguments }));
      },
    );
}

/** Loaded on demand, like the commands: help needs no phases. */
function phaseOf(text: string): Phase {
  const { phases } = require("../../model/phases") as typeof phaseNames;
  const phase = phases.find((name) => name === text);
  if (phase === undefined) throw new InvalidArgumentError(`The phases are: ${phases.join(", ")}.`);
  return phase;
}
