import { type FinishedStep, hashStep, type InitializationStep } from "./step";
import type { EngineSwarmObject, EngineSwarmObjectSpec } from "../engine-api/swarm-object";
import { siteLabel } from "../swarm/labels";

/**
 * How a step of a service's initialization ended: `done`: it ran; `found`: its `unless` reported
 * that it was already done; `failed`: it will run again.
 */
export type InitializationResult = "done" | "found" | "failed";

/** The Swarm's record of a step: a config object that no service uses, without secrets. */
export interface InitializationRecord {
  /** The config object's id. */
  readonly id: string;
  readonly site: string;
  readonly service: string;
  readonly step: string;
  /**
   * Replicated volumes that the service had, in alphabetical order; absent in records of an older
   * version.
   */
  readonly volumes?: readonly string[];
  readonly result: InitializationResult;
  /** Time, RFC 3339. */
  readonly at: string;
  /** Host, and the reason of a failure: `exit code 3 on hive1.example`. */
  readonly detail: string;
  /** Key of the hash. */
  readonly key: string;
  readonly hash: string;
}

/** A new record. */
export type NewInitializationRecord = Omit<InitializationRecord, "id">;

/** Labels of records. */
export const initializationLabels = {
  service: "hive.init.service",
  step: "hive.init.step",
  volumes: "hive.init.volumes",
  result: "hive.init.result",
  at: "hive.init.at",
  detail: "hive.init.detail",
} as const;

/** Longest name that Swarm accepts for a config object (swarmkit, validateConfigSecretName). */
const longestName = 64;
const hashDigits = 8;

/** The record in the Engine API's form (`POST /configs/create`). */
export function toEngineConfig(
  record: NewInitializationRecord,
): EngineSwarmObjectSpec & { readonly Data: string } {
  return {
    Name: recordName(record.service, record.step, record.hash),
    Labels: {
      [siteLabel]: record.site,
      [initializationLabels.service]: record.service,
      [initializationLabels.step]: record.step,
      ...(record.volumes === undefined
        ? {}
        : { [initializationLabels.volumes]: record.volumes.join(",") }),
      [initializationLabels.result]: record.result,
      [initializationLabels.at]: record.at,
      [initializationLabels.detail]: record.detail,
    },
    Data: Buffer.from(JSON.stringify({ key: record.key, hash: record.hash })).toString("base64"),
  };
}

/**
 * The records among config objects, oldest first. Other config objects are skipped.
 */
export function fromEngineConfigs(configs: readonly EngineSwarmObject[]): InitializationRecord[] {
  return configs
    .flatMap((config) => fromEngineConfig(config) ?? [])
    .sort((left, right) => (left.at < right.at ? -1 : left.at > right.at ? 1 : 0));
}

/** The filter of `GET /configs` for the records of all services of a site. */
export function recordFilter(site: string): string {
  return JSON.stringify({ label: [`${siteLabel}=${site}`, initializationLabels.step] });
}

/** The service of a step, with its replicated volumes. */
export interface StepPlace {
  readonly service: string;
  readonly volumes: readonly string[];
}

/**
 * The record that a step has been done with exactly this content, for the present data of its
 * service.
 *
 * Data in replicated volumes move with them: such a record counts for any service that has the
 * volumes now, and not for one that no longer has them. Without such volumes, and in records of an
 * older version, a record counts for its service.
 */
export function findRecord(
  step: InitializationStep,
  secrets: readonly string[],
  records: readonly InitializationRecord[],
  place: StepPlace,
): InitializationRecord | undefined {
  const matching = records.filter(
    (record) =>
      record.step === step.name &&
      record.result !== "failed" &&
      countsFor(record, place) &&
      record.hash === hashStep(step, secrets, record.key),
  );
  return matching.find(({ service }) => service === place.service) ?? matching[0];
}

function countsFor({ service, volumes }: InitializationRecord, place: StepPlace): boolean {
  const isOwn = service === place.service;
  if (volumes === undefined) return isOwn;
  if (volumes.length === 0) return isOwn && place.volumes.length === 0;
  return volumes.every((volume) => place.volumes.includes(volume));
}

/** Whether a record must be rewritten, under the service's own name and with its volumes. */
export function isOfOtherPlace(
  { service, volumes }: InitializationRecord,
  place: StepPlace,
): boolean {
  return service !== place.service || volumes?.join() !== place.volumes.join();
}

/** A record as an output of a resource. */
export function finishedStep(record: NewInitializationRecord): FinishedStep {
  return { name: record.step, hash: record.hash, at: record.at };
}

/**
 * `hive.init.<service>.<step>.<8 digits of the hash>`; long names are cut, because the labels have
 * the full names and the hash distinguishes records.
 */
function recordName(service: string, step: string, hash: string): string {
  const room = longestName - "hive.init...".length - hashDigits;
  const stepPart = step.slice(0, Math.max(room - service.length, Math.floor(room / 2)));
  const servicePart = service.slice(0, room - stepPart.length);
  return `hive.init.${servicePart}.${stepPart}.${hash.slice(0, hashDigits)}`;
}

function fromEngineConfig({
  ID: id,
  Spec: spec,
}: EngineSwarmObject): InitializationRecord | undefined {
  const labels = spec.Labels ?? {};
  const result = labels[initializationLabels.result];
  const content = parseData(spec.Data ?? "");
  if (result !== "done" && result !== "found" && result !== "failed") return undefined;
  if (content === undefined) return undefined;
  const volumes = labels[initializationLabels.volumes];
  return {
    id,
    site: labels[siteLabel] ?? "",
    service: labels[initializationLabels.service] ?? "",
    step: labels[initializationLabels.step] ?? "",
    ...(volumes === undefined ? {} : { volumes: volumes === "" ? [] : volumes.split(",") }),
    result,
    at: labels[initializationLabels.at] ?? "",
    detail: labels[initializationLabels.detail] ?? "",
    ...content,
  };
}

function parseData(data: string): { key: string; hash: string } | undefined {
  try {
    const parsed = JSON.parse(Buffer.from(data, "base64").toString("utf8")) as {
      key?: unknown;
      hash?: unknown;
    } | null;
    return typeof parsed?.key === "string" && typeof parsed.hash === "string"
      ? { key: parsed.key, hash: parsed.hash }
      : undefined;
  } catch {
    return undefined;
  }
}
