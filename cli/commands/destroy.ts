import { basename, relative } from "node:path";
import { confirm, type Question } from "../confirm";
import { fetchStageKey } from "../hosts/stage-key";
import { openStack } from "../pulumi/open-stack";
import { requireUnprotected } from "../pulumi/protection";
import { recoverForDestroy } from "../pulumi/recovery";
import { runOnStack } from "../pulumi/session";
import type { Stack } from "../pulumi/stack";
import type { StackState } from "../pulumi/state";
import { exitCodes } from "../exit-codes";
import { Failure } from "../failure";
import { recoveryByState, recoveryOf } from "../../fleet/recoveries";
import type { FleetRecovery } from "../../fleet/recovery";
import { requireOwnKey } from "../../fleet/own-key";
import { stageOf } from "../../model/stage/check-stage";
import { readOutputs } from "../hosts/outputs";
import { loadPlan } from "../plan";
import { totalCounts } from "../progress/progress";
import { duration } from "../progress/view";
import { processTerminal, type Terminal } from "../terminal";

/** Options of `hive destroy`. */
export interface DestroyOptions {
  readonly stack: string;
  readonly yes: boolean;
  /** Make Pulumi forget what it cannot destroy; only for servers on this computer. */
  readonly force: boolean;
}

/** `hive destroy`: removes all of a stage. */
export async function destroy(options: DestroyOptions): Promise<number> {
  const terminal = processTerminal();
  const stack = await openStack(options.stack);
  const exists = await stack.exists();
  const resources = exists ? (await stack.state()).resources : [];
  requireUnprotected(options.stack, resources);
  const fleet = await fleetOfStage(options.stack, stack, resources);
  if (options.force && fleet === undefined) {
    throw new Failure(
      `--force makes Pulumi forget the servers, but those of the stage ${options.stack} would keep running elsewhere. Nothing was changed.`,
      exitCodes.input,
    );
  }
  const own = (await fleet?.look([]))?.own;
  if (!exists && (own?.count ?? 0) === 0) {
    removeFiles(stack, terminal);
    terminal.print(
      `There is nothing to destroy: the ${options.stack} stage has no state and nothing on this computer.`,
    );
    return exitCodes.ok;
  }
  const what = exists ? `${resources.length} resources` : (own?.text ?? "nothing");
  if (!(await confirm(question(options.stack, what), options.yes))) {
    terminal.print("Nothing was changed.");
    return exitCodes.ok;
  }
  const started = Date.now();
  const deleted = exists ? await destroyStack(stack, fleet, options, terminal) : 0;
  const left = (await fleet?.look([]))?.own;
  if (left !== undefined && left.count > 0) {
    await left.remove();
    terminal.print(`Removed what was in no state: ${left.text}.`);
  }
  removeFiles(stack, terminal);
  const time = duration(Date.now() - started);
  terminal.print(
    `The ${options.stack} stage is destroyed: ${deleted} resources deleted in ${time}.`,
  );
  return exitCodes.ok;
}

/** Removes the files that hive keeps on this computer for a destroyed stage. */
function removeFiles(stack: Stack, terminal: Terminal): void {
  if (!stack.isLocal || !stack.removeFiles()) return;
  terminal.print(
    `Kept, to decrypt the secrets in ${basename(stack.committedFile)}: ${relative(stack.pulumi.project, stack.folder.configFile)} and the passphrase.`,
  );
}

/**
 * The recovery for what the stage has on this computer. The stack's outputs have precedence over
 * the configuration: that may name another site by now, whose stage another clone runs. A site that
 * is no longer valid must not prevent the destruction of its stage.
 */
async function fleetOfStage(
  stage: string,
  stack: Stack,
  resources: StackState["resources"],
): Promise<FleetRecovery | undefined> {
  const { site } = resources.length === 0 ? {} : await stack.outputs();
  const fleet = typeof site === "string" ? recoveryByState(resources, { site, stage }) : undefined;
  if (fleet !== undefined) return fleet;
  try {
    return recoveryOf(loadPlan(stage, "names"));
  } catch (error) {
    if (resources.length > 0) return undefined;
    throw error;
  }
}

/** @returns how many resources were deleted */
async function destroyStack(
  stack: Stack,
  fleet: FleetRecovery | undefined,
  options: DestroyOptions,
  terminal: Terminal,
): Promise<number> {
  await stack.ensure();
  const { gone, resources } = await recoverForDestroy(stack, fleet, (text) => terminal.print(text));
  await fetchStageKey(stack, resources);
  if (fleet === undefined) await requireLogin(stack);
  let deleted = 0;
  try {
    await stack.refreshResources(gone);
    const run = await runOnStack(
      stack,
      ["destroy", "--yes", "--skip-preview", "--continue-on-error"],
      terminal,
    );
    deleted = totalCounts(run.progress).deleted;
  } catch (error) {
    if (!(error instanceof Failure) || error.exitCode !== exitCodes.failed || fleet === undefined)
      throw error;
    if (!options.force) {
      throw new Failure(
        `${error.message}\n\`npx hive destroy --force --stack ${options.stack}\` removes the servers, with all that is on them, from\n` +
          "this computer's Docker Engine, and makes Pulumi forget the resources that it could not destroy.",
      );
    }
    terminal.printError(
      `${error.message}\n--force: Pulumi forgets these resources, and the servers are removed.`,
    );
  }
  // Elsewhere the empty stack and its history stay for the team; `pulumi stack rm` removes them.
  if (stack.isLocal) await stack.remove({ force: options.force });
  return deleted;
}

/**
 * Servers that are elsewhere outlive the state: only somebody who can log in can remove what is on
 * them.
 *
 * @throws FleetError when they accept no key of this computer
 */
async function requireLogin(stack: Stack): Promise<void> {
  const raw = await stack.outputs();
  if (Object.keys(raw).length === 0) return;
  const { operators } = readOutputs(stack.stage, raw);
  await requireOwnKey({ stage: stageOf(stack.stage), operators });
}

function question(stage: string, what: string): Question {
  const text = `This destroys the ${stage} stage with all its data (${what}). It cannot be undone.`;
  if (stage === "private") return { text: `${text} Destroy it? [y/N]` };
  return { text: `${text}\nType the stage's name to go on:`, expected: stage };
}
