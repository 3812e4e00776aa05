import { type Command, InvalidArgumentError, Option } from "commander";
import type * as logsCommand from "../commands/logs";
import type * as sinceTime from "../logs/since";
import { type Finish, hostOption, positiveNumber, replicaOption, stackOption } from "./options";
import { wrapped } from "./wrapped";

/** Declares `hive logs`. */
export function addLogs(program: Command, finish: Finish): void {
  program
    .command("logs")
    .summary("print the output of all tasks of a service")
    .description(
      "Prints the output of the tasks of a service in the order of time, with task and server before each line. Tasks that " +
        "ended recently are included. A server that does not answer is named and skipped.",
    )
    .argument("<service>", "name of a service")
    .addOption(stackOption())
    .addOption(replicaOption())
    .addOption(hostOption())
    .option("-f, --follow", "keep printing until Ctrl-C, also for tasks that start later", false)
    .addOption(
      new Option("--tail <lines>", "at most this many last lines of each task, or all")
        .default(100)
        .argParser((text) => (text === "all" ? text : positiveNumber(text))),
    )
    .addOption(
      new Option(
        "--since <time>",
        "only newer lines: 90s, 10m, 2h, or a time such as 2026-11-23T14:00:00Z",
      ).argParser(timeOf),
    )
    .option("-t, --timestamps", "print the time before each line", false)
    .addHelpText(
      "after",
      wrapped(`
For a task that has ended, the beginning of its id follows its name.

Examples:
  npx hive logs portal
  npx hive logs ldap --follow --tail 5
  npx hive logs am --since 10m --timestamps
  npx hive logs gate --host hive1 --tail all > gate.log`),
    )
    .action(async (service: string, options: Omit<logsCommand.LogsOptions, "service">) => {
      const { logs } = require("../commands/logs") as typeof logsCommand;
      await finish(logs({ ...options, service }));
    });
}

/** A point in time, seconds since 1970. Loaded on demand, like the commands. */
function timeOf(text: string): number {
  const { readSince } = require("../logs/since") as typeof sinceTime;
  const time = readSince(text, Date.now());
  if (time === undefined)
    throw new InvalidArgumentError("Write 90s, 10m or 2h, or a time such as 2026-11-23T14:00:00Z.");
  return time;
}
