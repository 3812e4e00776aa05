import type { Command } from "commander";
import type * as doctorCommand from "../commands/doctor";
import type { Finish } from "./options";
import { wrapped } from "./wrapped";

/** Declares `hive doctor`. */
export function addDoctor(program: Command, finish: Finish): void {
  program
    .command("doctor")
    .summary("show what this computer has and what is missing")
    .description(
      "Checks everything that hive needs on this computer and says how to get the missing parts. Changes nothing.",
    )
    .option("--json", "print what was found as JSON", false)
    .addHelpText(
      "after",
      wrapped(`
Exit code: 0 nothing is missing, 1 something is.

Examples:
  npx hive doctor
  npx hive doctor --json`),
    )
    .action(async (options: { json: boolean }) => {
      const { doctor } = require("../commands/doctor") as typeof doctorCommand;
      await finish(doctor(options));
    });
}
