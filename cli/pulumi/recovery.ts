import { createRecovery } from "../../fleet/recoveries";
import { exitCodes } from "../exit-codes";
import { Failure } from "../failure";
import type { FleetFindings, FleetRecovery, TakenOver } from "../../fleet/recovery";
import type { Stack } from "./stack";
import {
  type PendingOperation,
  type StackState,
  type StateResource,
  unknownCreates,
} from "./state";
import { readUrn } from "./urn";

/** What an earlier run left for this one. */
export interface Recovery {
  /**
   * Resources whose object is missing on this computer's Docker Engine: the state needs a refresh
   * of them.
   */
  readonly gone: readonly StateResource[];
  /**
   * The services, if a run has failed or was killed: the state may not have its changes, see
   * `hive.gave`. Otherwise none.
   */
  readonly unsure: readonly StateResource[];
  /** All that the state has, these among it. */
  readonly resources: readonly StateResource[];
}

const serviceType = "pulumi-nodejs:dynamic/hive:SwarmService";

/** Tells the user what was found and done, a line each. */
export type Report = (text: string) => void;

/**
 * Makes a stack ready for a run, whatever happened before: a killed Pulumi process, operations of
 * unknown end, servers that somebody removed by hand.
 *
 * @param fleet the recovery of the stage's fleet; undefined for one that is not on this computer
 * @throws Failure with exit code 4 when another run holds the stack; with 3 when the Docker Engine
 *   does not answer
 */
export async function recover(
  stack: Stack,
  fleet: FleetRecovery | undefined,
  say: Report,
): Promise<Recovery> {
  const { state, found, interrupted } = await tidy(stack, fleet, say);
  // Read last: a run that we waited for may have just written its end.
  const failed = await stack.hasFailedSinceRefresh();
  const { resources } = state;
  const unsure = interrupted || failed ? resources.filter(({ type }) => type === serviceType) : [];
  if (fleet === undefined || found === undefined) return { gone: [], unsure, resources };
  const { inTheWay, gone } = found;
  if (inTheWay.count > 0 && !interrupted)
    throw unknownObjects(stack.stage, fleet.place, inTheWay.text);
  if (inTheWay.count > 0) {
    say(
      `The interrupted run created ${inTheWay.text} that the state does not have; removed, and created again by this run.`,
    );
    await inTheWay.remove();
  }
  if (gone.length > 0) {
    const names = gone.map(({ urn }) => readUrn(urn).name).join(", ");
    say(`No longer on ${fleet.place}: ${names}; created again by this run.`);
  }
  return { gone, unsure, resources };
}

/**
 * As {@link recover}, for a run that destroys: nothing is in its way.
 */
export async function recoverForDestroy(
  stack: Stack,
  fleet: FleetRecovery | undefined,
  say: Report,
): Promise<Recovery> {
  const { state, found } = await tidy(stack, fleet, say);
  const { resources } = state;
  return { gone: found?.gone ?? [], unsure: [], resources };
}

/** Removes locks and pending operations of interrupted runs, and checks the fleet. */
async function tidy(
  stack: Stack,
  fleet: FleetRecovery | undefined,
  say: Report,
): Promise<{
  readonly state: StackState;
  /** What was found on the fleet; undefined if it is not on this computer. */
  readonly found: FleetFindings<StateResource> | undefined;
  readonly interrupted: boolean;
}> {
  const released = await stack.releaseStaleLocks(say);
  for (const { pid, timestamp } of released) {
    say(
      `A run of ${timestamp.slice(0, 19)}Z (process ${pid}) was killed and left its lock; the lock is removed.`,
    );
  }
  const state = await stack.currentState();
  const found = await fleet?.look(state.resources);
  const takenOver = await settleCreates(stack, state, say);
  if (state.pending.length > 0) {
    say(pendingText(state.pending));
    await stack.clearPending(takenOver);
  }
  return { state, found, interrupted: released.length > 0 || state.pending.length > 0 };
}

/**
 * Finds out what interrupted creates in a cloud have made, and removes it, so that they can be
 * repeated.
 *
 * @returns what is to be in the state instead
 * @throws Failure, or FleetError, when only a person can tell
 */
async function settleCreates(
  stack: Stack,
  { pending, resources }: StackState,
  say: Report,
): Promise<readonly TakenOver[]> {
  const open = unknownCreates(pending);
  if (open.length === 0) return [];
  const strangers = open.filter((create) => !createRecovery.covers(create));
  if (strangers.length > 0) throw unknownEnd(stack.stage, strangers);
  const creates = await stack.openCreates(open.map(({ urn }) => urn));
  if (creates === undefined) throw unknownEnd(stack.stage, open);
  const facts = {
    stage: stack.stage,
    knownIds: new Set(resources.map(({ id }) => id)),
    knownUrns: new Set(resources.map(({ urn }) => urn)),
    since: await stack.beforeLastRun(),
  };
  return await createRecovery.settle(creates, facts, stack.pulumi.env, say);
}

function pendingText(pending: readonly PendingOperation[]): string {
  const shown = pending
    .slice(0, 4)
    .map(({ operation, urn }) => `${operation} ${readUrn(urn).name}`);
  if (pending.length > shown.length) shown.push(`and ${pending.length - shown.length} more`);
  return `The last run was interrupted while it was ${shown.join(", ")}; these steps are repeated.`;
}

function unknownEnd(stage: string, creates: readonly PendingOperation[]): Failure {
  const names = creates.map(({ urn }) => `  ${readUrn(urn).name}: ${urn}`);
  return new Failure(
    `The last run was interrupted while it created these resources, and Pulumi does not know whether they exist:\n${names.join("\n")}\n` +
      "A second create could make duplicates. Nothing was changed. Check each of them. If it exists, import it into the state by its id:\n" +
      `  npx hive pulumi -- refresh --stack ${stage} --import-pending-creates '<urn>' --import-pending-creates '<id>'\n` +
      `If it does not exist, remove it from the state:\n  npx hive pulumi -- refresh --stack ${stage} --clear-pending-creates`,
    exitCodes.failed,
  );
}

function unknownObjects(stage: string, place: string, found: string): Failure {
  return new Failure(
    `${place.charAt(0).toUpperCase()}${place.slice(1)} has ${found}\nwith the labels of this site's stage ${stage}, but not in the stage's state.\n` +
      "Another clone of the project created it, or the state was lost. Nothing was changed.\n" +
      `\`npx hive destroy --stack ${stage}\` removes it with its data. To keep it, give this clone's stage another\n` +
      `name and network (hive:siteName and hive:cidr in Pulumi.${stage}.yaml).`,
    exitCodes.input,
  );
}
