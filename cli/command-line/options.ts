import { InvalidArgumentError, Option } from "commander";

/** Takes a command's exit code when it has one. */
export type Finish = (result: number | Promise<number>) => Promise<void>;

/** `--stack`: which stage. */
export function stackOption(): Option {
  return new Option("-s, --stack <stage>", "the stage: private, staging or production").default(
    "private",
  );
}

/** `--replica`: which of a service's running tasks, from 1. */
export function replicaOption(): Option {
  return new Option(
    "-n, --replica <number>",
    "the n-th running task, counted from 1 by slot (global services: by server)",
  ).argParser(positiveNumber);
}

/** `--host`: on which server. */
export function hostOption(): Option {
  return new Option("--host <host>", "the task on this server: hive1, p-hive1 or 1");
}

/** A whole number from 1 on. @throws InvalidArgumentError for anything else */
export function positiveNumber(text: string): number {
  if (!/^[1-9][0-9]{0,8}$/.test(text))
    throw new InvalidArgumentError("It must be a whole number, at least 1.");
  return Number(text);
}
