import { createInterface } from "node:readline/promises";
import { exitCodes } from "./exit-codes";
import { Failure } from "./failure";

/** A question before something is changed. */
export interface Question {
  /** What will happen, with the question at its end. */
  readonly text: string;
  /** The answer that means yes; default `y` or `yes`. */
  readonly expected?: string;
}

/**
 * Asks, unless `--yes` was given.
 *
 * @throws Failure when there is nobody to ask
 */
export async function confirm(question: Question, yes: boolean): Promise<boolean> {
  if (yes) return true;
  if (!process.stdin.isTTY) {
    throw new Failure(
      "This command asks before it changes anything, but there is no terminal to ask on. Nothing was changed.\nGive --yes to answer in advance.",
      exitCodes.input,
    );
  }
  const reader = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return isYes(await reader.question(`${question.text} `), question.expected);
  } finally {
    reader.close();
  }
}

/** Whether an answer is a yes. */
export function isYes(answer: string, expected?: string): boolean {
  const typed = answer.trim();
  return expected === undefined ? /^(y|yes)$/i.test(typed) : typed === expected;
}
