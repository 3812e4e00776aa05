import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { pythonEnvironment, rehearsalPython } from "../../rehearsal/python";

/** The answers of the emulated cloud; each test knows their form. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Answers = any;

/** `[service, method, arguments]`, as in boto3. */
export type Question = readonly [service: string, method: string, question: object];

/**
 * Asks the emulated cloud of a rehearsal, as any client of AWS would.
 *
 * @param folder the rehearsal's
 * @returns the answers in the order of the questions, or `{ error }` with the code of the error
 *   that ended it
 * @throws Error with the client's message when there was no answer
 */
export function askCloud(folder: string, questions: readonly Question[]): Answers {
  const { stdout, stderr, status } = spawnSync(
    rehearsalPython(),
    [join(__dirname, "ask.py"), folder],
    {
      input: JSON.stringify(questions),
      encoding: "utf8",
      env: pythonEnvironment(),
      timeout: 100_000,
    },
  );
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}
