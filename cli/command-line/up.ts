import { type Command, InvalidArgumentError, Option } from "commander";
import type * as phaseNames from "../../model/phases";
import type { Phase } from "../../model/phases";
import type * as upCommand from "../commands/up";
import { type Finish, stackOption } from "./options";
import { wrapped } from "./wrapped";

/** Declares `hive up`. */
export function addUp(program: Command, finish: Finish): void {
  program
    .command("up")
    .summary("bring a stage up, or make it match the project again")
    .description(
      "Brings a stage up, or makes it match the project again. A second run changes nothing. It can be interrupted " +
        "(Ctrl-C) and run again at any time: it continues from there.",
    )
    .argument("[pulumi arguments...]", "after --: passed to `pulumi up`, e.g. -- --parallel 4")
    .addOption(stackOption())
    .addOption(
      new Option(
        "--through-phase <phase>",
        "stop after this phase (default: hive:throughPhase of the stage, else all)",
      ).argParser(phaseOf),
    )
    .option(
      "--refresh",
      "first read the real state of every host and service, to find changes made by hand",
      false,
    )
    .option("-y, --yes", "do not ask", false)
    .addHelpText(
      "after",
      wrapped(`
The run notices without --refresh when servers of the private stage are missing on this computer's Docker Engine.
When an image, a service or its initial data fails, the run continues with what does not need it; the exit code is 1.
At its end the stage is judged as by \`npx hive status\`: exit code 0 when all is well, 5 when something is wrong.
The full log of each run is kept in .hive/<stage>/logs/.

Examples:
  npx hive up --yes
  npx hive up --through-phase setup-hosts    servers and Swarm, but no services yet
  npx hive up --refresh                      also repair what was changed without hive
  npx hive up -- --diff                      more of Pulumi's own options`),
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
