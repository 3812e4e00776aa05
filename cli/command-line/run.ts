import { type Command, Option } from "commander";
import type * as runCommand from "../commands/run";
import { type Finish, positiveNumber, stackOption } from "./options";

/** Declares `hive run`. */
export function addRun(program: Command, finish: Finish): void {
  program
    .command("run")
    .summary("run a job now, and show how it ends")
    .description(
      "Starts a job at once, scheduled or not, waits for its end and prints its last lines. Its schedule stays as it is.\n" +
        "Refuses while a run of it is going on. Exit code 0: the job is done; 1: it failed.",
    )
    .argument("<job>", "name of a service whose mode is a job")
    .addOption(stackOption())
    .addOption(
      new Option("--tail <lines>", "at most this many last lines of each try, or all")
        .default(20)
        .argParser((text) => (text === "all" ? "all" : positiveNumber(text))),
    )
    .addHelpText(
      "after",
      "\nExamples:\n  npx hive run tidy\n  npx hive run tidy --stack production --tail all",
    )
    .action(async (job: string, options: { stack: string; tail: number | "all" }) => {
      const { runNow } = require("../commands/run") as typeof runCommand;
      await finish(runNow({ ...options, job }));
    });
}
