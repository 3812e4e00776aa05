import { exitCodes } from "../exit-codes";
import { Failure } from "../failure";
import { listObjects, removeObjects } from "../local-engine/local-engine";
import {
  belongsTo,
  describeObjects,
  type EngineObject,
  leftovers,
  missing,
  type Owner,
} from "../local-engine/objects";
import type { Stack } from "./stack";
import type { PendingOperation, StackState, StateResource } from "./state";
import { readUrn } from "./urn";

/** What a run needs to know about the time before it. */
export interface Recovery {
  /** Resources whose object is gone from this computer's Docker Engine: the state has to learn it. */
  readonly gone: readonly StateResource[];
  /** Services, when a run has failed or was killed: what it left may not be in the state, see `hive.gave`. Else none. */
  readonly unsure: readonly StateResource[];
  /** All that the state has, these among it. */
  readonly resources: readonly StateResource[];
}

const serviceType = "pulumi-nodejs:dynamic/hive:SwarmService";

/** Tells the user what was found and done, a line each. */
export type Say = (text: string) => void;

/**
 * Makes a stack ready for a run after anything that may have happened: an engine that was killed, operations of unknown
 * end, servers that were removed by hand.
 *
 * @param owner whose objects on this computer's Docker Engine are looked after; undefined for stages without any
 * @throws Failure with exit code 4 when another run holds the stack; with 3 when the Docker Engine does not answer
 */
export async function recover(stack: Stack, owner: Owner | undefined, say: Say): Promise<Recovery> {
  const { state, objects, interrupted } = await tidy(stack, owner, say);
  // Asked last: a run that was waited for may have written its end just now.
  const failed = await stack.hasFailedSinceRefresh();
  const { resources } = state;
  const unsure = interrupted || failed ? resources.filter(({ type }) => type === serviceType) : [];
  if (owner === undefined) return { gone: [], unsure, resources };
  // Volumes may hold data: a create adopts them.
  const unknown = leftovers(objects, state.resources, owner).filter(
    ({ kind }) => kind === "container" || kind === "network",
  );
  if (unknown.length > 0 && !interrupted) throw strangers(stack.stage, describeObjects(unknown));
  if (unknown.length > 0) {
    say(
      `The interrupted run created ${describeObjects(unknown)} without recording it; removed, to be created again.`,
    );
    await removeObjects(unknown);
  }
  const gone = missing(objects, state.resources);
  if (gone.length > 0) {
    const names = gone.map(({ urn }) => readUrn(urn).name).join(", ");
    say(`No longer on this computer's Docker Engine: ${names}; to be created again.`);
  }
  return { gone, unsure, resources };
}

/** As {@link recover}, for a run that destroys: nothing has to make room for what is to be created. */
export async function recoverForDestroy(
  stack: Stack,
  owner: Owner | undefined,
  say: Say,
): Promise<Recovery> {
  const { state, objects } = await tidy(stack, owner, say);
  const { resources } = state;
  return { gone: owner === undefined ? [] : missing(objects, resources), unsure: [], resources };
}

/** Removes locks and open operations of runs that were interrupted, and looks at what is there. */
async function tidy(
  stack: Stack,
  owner: Owner | undefined,
  say: Say,
): Promise<{
  readonly state: StackState;
  readonly objects: readonly EngineObject[];
  readonly interrupted: boolean;
}> {
  const released = await stack.releaseStaleLocks(say);
  for (const { pid, timestamp } of released) {
    say(
      `A run of ${timestamp.slice(0, 19)}Z (process ${pid}) was killed and left its lock; removed.`,
    );
  }
  const state = await stack.state();
  const objects = owner === undefined ? [] : await listObjects();
  if (state.pending.length > 0) {
    say(pendingText(state.pending));
    await stack.clearPending();
  }
  return { state, objects, interrupted: released.length > 0 || state.pending.length > 0 };
}

/** Everything on this computer's Docker Engine that carries a stage's labels. */
export async function ownObjects(owner: Owner): Promise<readonly EngineObject[]> {
  return (await listObjects()).filter((object) => belongsTo(object, owner));
}

function pendingText(pending: readonly PendingOperation[]): string {
  const shown = pending
    .slice(0, 4)
    .map(({ operation, urn }) => `${operation} ${readUrn(urn).name}`);
  if (pending.length > shown.length) shown.push(`and ${pending.length - shown.length} more`);
  return `The last run was interrupted while it was ${shown.join(", ")}; this is done again.`;
}

function strangers(stage: string, found: string): Failure {
  return new Failure(
    `This computer's Docker Engine has ${found}\nwith the labels of this site's stage ${stage}, but the stage's state knows nothing of it.\n` +
      "Another clone of the project made it, or the state was lost. Nothing was changed.\n" +
      `If it is to go: \`npx hive destroy --stack ${stage}\` removes it with its data. Else give this clone's stage another\n` +
      `name and network (hive:siteName and hive:cidr in Pulumi.${stage}.yaml).`,
    exitCodes.input,
  );
}
