import type { Command } from "commander";
import type * as doctorCommand from "../commands/doctor";
import type { Finish } from "./options";

/** Declares `hive doctor`. */
export function addDoctor(program: Command, finish: Finish): void {
  program
    .command("doctor")
    .summary("show what this computer has and what is missing")
    .description(
      "Checks everything that hive needs on this computer and says how to get the missing parts. Changes nothing.",
    )
    .argument("[arguments...]")
    .allowUnknownOption()
    .action(async (args: string[]) => {
      const { doctor } = require("../commands/doctor") as typeof doctorCommand;
      await finish(doctor(args));
    });
}
