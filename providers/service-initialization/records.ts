import { randomBytes } from "node:crypto";

import type Dockerode from "dockerode";

import { hashStep, type InitializationStep } from "../../model/initialization";
import {
  type EngineConfig,
  fromEngineConfigs,
  type InitializationRecord,
  type InitializationResult,
  type NewInitializationRecord,
  recordFilter,
  toEngineConfig,
} from "../../model/initialization-record";
import { askAgain } from "../transport/again";
import { engineStatus } from "../transport/engine";
import type { HostAccess } from "../transport/host-access";
import { withAnyManager } from "../transport/manager";

/** Whose records. */
export interface RecordOwner {
  readonly managers: readonly HostAccess[];
  readonly site: string;
  readonly service: string;
}

/** How a step ended. */
export interface StepOutcome {
  readonly result: InitializationResult;
  readonly detail: string;
}

/** What the Swarm keeps of a service's steps, oldest first. */
export async function listRecords(owner: RecordOwner): Promise<InitializationRecord[]> {
  return await askAgain(30, () =>
    withAnyManager(
      owner.managers,
      async (docker) => {
        const filters = recordFilter(owner.site, owner.service);
        // The client's type declarations know filters as an object only; the engine takes them as JSON.
        const options = { filters } as unknown as Parameters<Dockerode["listConfigs"]>[0];
        return fromEngineConfigs(
          (await docker.listConfigs(options)) as unknown as readonly EngineConfig[],
        );
      },
      { deadlineSeconds: 15, repeatable: true },
    ),
  );
}

/** Keeps in the Swarm how a step ended. */
export async function writeRecord(
  owner: RecordOwner,
  step: InitializationStep,
  secrets: readonly string[],
  outcome: StepOutcome,
): Promise<NewInitializationRecord> {
  const key = randomBytes(16).toString("hex");
  const record: NewInitializationRecord = {
    site: owner.site,
    service: owner.service,
    step: step.name,
    at: new Date().toISOString(),
    key,
    hash: hashStep(step, secrets, key),
    ...outcome,
  };
  const config = toEngineConfig(record);
  await withAnyManager(
    owner.managers,
    async (docker) => {
      try {
        await docker.createConfig(config);
      } catch (error) {
        // Written by the attempt before this one, whose answer was lost: the key is new, so nobody else has the name.
        if (engineStatus(error) !== 409) throw error;
      }
    },
    { deadlineSeconds: 60, repeatable: true },
  );
  return record;
}

/** Removes records; those that are gone already are no failure. */
export async function removeRecords(owner: RecordOwner, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await withAnyManager(
    owner.managers,
    async (docker) => {
      for (const id of ids) {
        try {
          await docker.getConfig(id).remove();
        } catch (error) {
          if (engineStatus(error) !== 404) throw error;
        }
      }
    },
    { deadlineSeconds: 60, repeatable: true },
  );
}
