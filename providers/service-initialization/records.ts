import { randomBytes } from "node:crypto";

import type Dockerode from "dockerode";

import type { EngineSwarmObject } from "../../model/engine-api/swarm-object";
import { hashStep, type InitializationStep } from "../../model/initialization/step";
import {
  fromEngineConfigs,
  type InitializationRecord,
  type InitializationResult,
  type NewInitializationRecord,
  recordFilter,
  toEngineConfig,
} from "../../model/initialization/record";
import { engineStatus } from "../transport/engine";
import type { HostAccess } from "../transport/host-access";
import { retryWhileLeaderless } from "../transport/retry-while-leaderless";

/** The owner of the records. */
export interface RecordOwner extends RecordSite {
  readonly service: string;
  readonly volumes?: readonly string[];
}

/** The Swarm that holds the records. */
export interface RecordSite {
  readonly managers: readonly HostAccess[];
  readonly site: string;
}

/** How a step ended. */
export interface StepOutcome {
  readonly result: InitializationResult;
  readonly detail: string;
  /** RFC 3339. Default: now. */
  readonly at?: string;
}

/** How long the Swarm may take to answer, including an election, seconds. */
const retrySeconds = 90;

/**
 * The Swarm's records of the steps of all services, oldest first.
 *
 * @param seconds how long to wait for a manager that answers
 */
export async function listRecords(
  { managers, site }: RecordSite,
  seconds: number = retrySeconds,
): Promise<InitializationRecord[]> {
  return await retryWhileLeaderless(managers, seconds, async (docker) => {
    const filters = recordFilter(site);
    // The client's type declarations allow filters as an object only; the Docker Engine takes them
    // as JSON.
    const options = { filters } as unknown as Parameters<Dockerode["listConfigs"]>[0];
    return fromEngineConfigs(
      (await docker.listConfigs(options)) as unknown as readonly EngineSwarmObject[],
    );
  });
}

/** Records in the Swarm how a step ended. */
export async function writeRecord(
  owner: RecordOwner,
  step: InitializationStep,
  secrets: readonly string[],
  { result, detail, at = new Date().toISOString() }: StepOutcome,
): Promise<NewInitializationRecord> {
  const key = randomBytes(16).toString("hex");
  const record: NewInitializationRecord = {
    site: owner.site,
    service: owner.service,
    step: step.name,
    volumes: owner.volumes ?? [],
    at,
    key,
    hash: hashStep(step, secrets, key),
    result,
    detail,
  };
  const config = toEngineConfig(record);
  await retryWhileLeaderless(owner.managers, retrySeconds, async (docker) => {
    try {
      await docker.createConfig(config);
    } catch (error) {
      // The previous attempt wrote it, and its answer was lost: the key is new, so nobody else has
      // the name.
      if (engineStatus(error) !== 409) throw error;
    }
  });
  return record;
}

/** Removes records; missing ones are not an error. */
export async function removeRecords(
  { managers }: RecordSite,
  ids: readonly string[],
): Promise<void> {
  if (ids.length === 0) return;
  await retryWhileLeaderless(managers, retrySeconds, async (docker) => {
    for (const id of ids) {
      try {
        await docker.getConfig(id).remove();
      } catch (error) {
        if (engineStatus(error) !== 404) throw error;
      }
    }
  });
}

/** How long the records of a removed volume wait for a manager that answers, seconds. */
const forgetSeconds = 10;

/** Removes the records about a removed volume: a new volume of this name is empty. */
export async function forgetVolume(site: RecordSite, volume: string): Promise<void> {
  const records = await listRecords(site, forgetSeconds);
  const lost = records.filter(({ volumes }) => volumes?.includes(volume) === true);
  await removeRecords(
    site,
    lost.map(({ id }) => id),
  );
}
