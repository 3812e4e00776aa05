import { exitCodes } from "../exit-codes";
import { Failure } from "../failure";
import type { Terminal } from "../terminal";
import { type PreviewStep, restOfRun } from "./rest-of-run";
import { type RunFailure, runOnStack } from "./session";
import type { Stack } from "./stack";
import { readUrn } from "./urn";

/**
 * Does what a run that failed has left undone and what does not need what failed there: removals above all, which the engine
 * keeps for the end. A run of its own, for `--continue-on-error` also removes what is still used (decision 28).
 *
 * @returns the failure to end with: it says what was done meanwhile
 */
export async function finishRest(
  stack: Stack,
  failure: RunFailure,
  terminal: Terminal,
): Promise<Failure> {
  const names = namesOf(failure.progress.failed);
  try {
    const [preview, records] = [await stack.preview(), await stack.records()];
    const { targets, steps } = restOfRun(preview, records, failure.progress.failed);
    if (targets.length === 0) return failure;
    terminal.print(`\nWhat does not need ${names} is done now: ${stepsText(steps)}.`);
    const targeted = targets.flatMap((urn) => ["--target", urn]);
    await runOnStack(stack, ["up", "--yes", "--skip-preview", ...targeted], terminal);
  } catch (error) {
    if (error instanceof Failure && error.exitCode === exitCodes.interrupted) return error;
    const reason = error instanceof Error ? error.message : String(error);
    return new Failure(
      `${names} failed, and not all of the rest could be done: ${reason}\n${failure.message}`,
      failure.exitCode,
    );
  }
  return new Failure(
    `${names} failed, see above; the rest of the run was done.\n${failure.message}`,
    failure.exitCode,
  );
}

function namesOf(urns: readonly string[]): string {
  return [...new Set(urns.map((urn) => readUrn(urn).name))].join(", ");
}

/** Words for what is done; what replaces something is told once. */
const words: Readonly<Record<string, string>> = {
  create: "creates",
  update: "changes",
  replace: "replaces",
  delete: "removes",
};

function stepsText(steps: readonly PreviewStep[]): string {
  return Object.entries(words)
    .map(([operation, word]) => ({
      word,
      names: namesOf(steps.filter((step) => step.operation === operation).map(({ urn }) => urn)),
    }))
    .filter(({ names }) => names !== "")
    .map(({ word, names }) => `${word} ${names}`)
    .join("; ");
}
