import { exitCodes } from "../exit-codes";
import { Failure } from "../failure";
import { askStageSwarm } from "../hosts/stage-swarm";
import { stepWords } from "../progress/step-words";
import type { Terminal } from "../terminal";
import { areSeparable, type PreviewStep, restOfRun } from "./rest-of-run";
import { type RunFailure, runOnStack } from "./session";
import type { Stack } from "./stack";
import type { StateResource } from "./state";
import { readUrn } from "./urn";

/**
 * Does the rest of a failed run that does not need the failed resources, above all the removals,
 * which Pulumi does last. This is a second run, because `--continue-on-error` also removes what is
 * still used (decision 28).
 *
 * @param before the stage's resources before the run
 * @param unsaid warnings that the failed run has said
 * @returns the failure to end with: it also says what was done
 */
export async function finishRest(
  stack: Stack,
  failure: RunFailure,
  before: readonly StateResource[],
  terminal: Terminal,
  unsaid: readonly string[] = [],
): Promise<Failure> {
  const { failed } = failure.progress;
  if (!areSeparable(failed)) return failure;
  const names = namesOf(failed);
  const endsWith = (text: string, exitCode: number): Failure =>
    new Failure(`${names} failed (see above); ${text}\n${failure.message}`, exitCode);
  try {
    const preview = await stack.preview();
    const { resources: now } = await stack.state();
    const { targets, steps } = restOfRun({ preview, before, now, failed });
    if (targets.length === 0) return failure;
    // Without a manager, a removal only forgets the object: right for `destroy`, but not here.
    await askStageSwarm(stack);
    terminal.print(`\nThe run continues with what does not need ${names}: ${stepsText(steps)}.`);
    const targeted = targets.flatMap((urn) => ["--target", urn]);
    await runOnStack(stack, ["up", "--yes", "--skip-preview", ...targeted], terminal, { unsaid });
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    const interrupted = error instanceof Failure && error.exitCode === exitCodes.interrupted;
    return endsWith(
      `the rest of the run is not complete: ${text.trim()}`,
      interrupted ? exitCodes.interrupted : failure.exitCode,
    );
  }
  return endsWith("the rest of the run was done.", failure.exitCode);
}

function namesOf(urns: readonly string[]): string {
  return [...new Set(urns.map((urn) => stepWords(readUrn(urn).name)))].join(", ");
}

/** Words for the operations; the parts of a replacement are not named. */
const words: Readonly<Record<string, string>> = {
  create: "creates",
  update: "changes",
  replace: "replaces",
  delete: "removes",
};

function stepsText(steps: readonly PreviewStep[]): string {
  const done = Object.entries(words)
    .map(([operation, word]) => ({
      word,
      names: namesOf(steps.filter((step) => step.operation === operation).map(({ urn }) => urn)),
    }))
    .filter(({ names }) => names !== "");
  // Leftovers of replacements are not named one by one.
  return done.length === 0
    ? "removes what was replaced"
    : done.map(({ word, names }) => `${word} ${names}`).join("; ");
}
