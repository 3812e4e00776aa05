import type { Phase } from "../../model/phases";
import { dynamicType, readUrn } from "./urn";

/** A resource as the state or a preview has it, as far as one depends on another. */
export interface ResourceRecord {
  readonly urn: string;
  /** Empty for components, and for what is still to be created. */
  readonly id: string;
  readonly parent: string | undefined;
  /** URNs, those of single properties among them. */
  readonly dependencies: readonly string[];
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** Something that a run would do. */
export interface PreviewStep {
  /** Engine's word: `create`, `update`, `delete` … */
  readonly operation: string;
  readonly urn: string;
  /** As the resource is and as it is to be, as far as there is one. */
  readonly states: readonly ResourceRecord[];
}

/** What can still be done of a run in which something failed. */
export interface RestOfRun {
  /** For `pulumi up --target`, in the order of the preview; empty if there is nothing to do. */
  readonly targets: readonly string[];
  /** What the user hears of: resources, without components, by what is done to them. */
  readonly steps: readonly PreviewStep[];
}

/**
 * Phases in which one failure says nothing about the other resources. Where a server or the Swarm fails, nothing else is
 * touched.
 */
const separable: ReadonlySet<Phase | undefined> = new Set<Phase>([
  "build-images",
  "deploy-services",
  "initialize-services",
]);

/**
 * What a run that failed can still do without what failed: everything but that, what depends on it, and removals of what one
 * of these uses or takes over. A targeted run does not look for the last two itself.
 *
 * @param preview what a whole run would do now
 * @param state all resources that there are
 * @param failed URNs of what failed
 */
export function restOfRun(
  preview: readonly PreviewStep[],
  state: readonly ResourceRecord[],
  failed: readonly string[],
): RestOfRun {
  const nothing = { targets: [], steps: [] };
  if (failed.length === 0 || !failed.every((urn) => separable.has(readUrn(urn).phase)))
    return nothing;
  const records = [...state, ...preview.flatMap(({ states }) => states)];
  const skipped = withDependents(new Set(failed), records);
  const removals = preview.filter(({ operation }) => isRemoval(operation));
  const kept = keptRemovals(removals, records, skipped);
  const steps = preview.filter(({ urn }) => !skipped.has(urn) && !kept.has(urn));
  const own = steps.filter(({ urn }) => isOwn(urn));
  if (own.length === 0) return nothing;
  return { targets: [...new Set(steps.map(({ urn }) => urn))], steps: own };
}

/** What is left, and all that depends on it or lies in it. */
function withDependents(
  first: ReadonlySet<string>,
  records: readonly ResourceRecord[],
): ReadonlySet<string> {
  const all = new Set(first);
  for (let before = 0; before < all.size;) {
    before = all.size;
    for (const { urn, parent, dependencies } of records) {
      if ([...dependencies, parent].some((other) => other !== undefined && all.has(other)))
        all.add(urn);
    }
  }
  return all;
}

/** Removals that have to wait: what something that stays uses, holds or lies in. */
function keptRemovals(
  removals: readonly PreviewStep[],
  records: readonly ResourceRecord[],
  skipped: ReadonlySet<string>,
): ReadonlySet<string> {
  const kept = new Set<string>();
  for (let before = -1; before < kept.size;) {
    before = kept.size;
    const staying = records.filter(({ urn }) => skipped.has(urn) || kept.has(urn));
    const used = new Set(staying.flatMap(({ dependencies, parent }) => [...dependencies, parent]));
    const named = new Set(staying.flatMap(({ inputs, outputs }) => textsOf([inputs, outputs])));
    const held = new Set(staying.flatMap(holdings));
    for (const { urn, states } of removals) {
      const isUsed = used.has(urn) || states.some((one) => isNamed(one, named));
      if (isUsed || states.flatMap(holdings).some((one) => held.has(one))) kept.add(urn);
    }
  }
  return kept;
}

/**
 * Whether someone speaks of a thing by its name or id: after a roll-back a service uses what its new dependencies do not
 * tell. Names of services do not count, others speak of those where they reach them.
 */
function isNamed({ urn, id, inputs, outputs }: ResourceRecord, texts: ReadonlySet<string>) {
  if (readUrn(urn).type === serviceType) return false;
  return [id, inputs["name"], outputs["name"]].some(
    (name) => typeof name === "string" && name !== "" && texts.has(name),
  );
}

const serviceType = dynamicType("SwarmService");

/** What only one service can have at a time: volumes, and ports that are published. */
function holdings({ urn, inputs, outputs }: ResourceRecord): readonly string[] {
  if (readUrn(urn).type !== serviceType) return [];
  return [inputs, outputs].flatMap(({ mounts, ports }) => [
    ...listOf(mounts).flatMap(({ source }) => (source === undefined ? [] : `volume ${source}`)),
    ...listOf(ports).map(({ published }) => `port ${published}`),
  ]);
}

/** A list of the service's inputs, as far as it is known. */
function listOf(value: unknown): readonly Partial<Holding>[] {
  return Array.isArray(value) ? (value as readonly Partial<Holding>[]) : [];
}

/** What is read of a mount, and of a port. */
interface Holding {
  readonly source: string;
  readonly published: number;
}

/** All texts in a value, but for the code of providers. */
function textsOf(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(textsOf);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, one]) => (key === "__provider" ? [] : textsOf(one)));
}

function isRemoval(operation: string): boolean {
  return operation === "delete" || operation === "delete-replaced";
}

/** A resource that a user knows, not a component or a provider. */
function isOwn(urn: string): boolean {
  return !/^(hive|pulumi):/.test(readUrn(urn).type);
}

interface ExportedResource {
  readonly urn?: string;
  readonly id?: string;
  readonly parent?: string;
  readonly dependencies?: readonly string[];
  readonly propertyDependencies?: Readonly<Record<string, readonly string[] | null>>;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
}

/** What `pulumi preview --json` would do. @throws SyntaxError for a text that is no JSON */
export function readPreview(text: string): readonly PreviewStep[] {
  const { steps } = JSON.parse(text) as {
    readonly steps?: readonly {
      readonly op?: string;
      readonly urn?: string;
      readonly oldState?: ExportedResource;
      readonly newState?: ExportedResource;
    }[];
  };
  return (steps ?? [])
    .filter(({ op }) => op !== "same")
    .map(({ op, urn, oldState, newState }) => ({
      operation: op ?? "",
      urn: urn ?? "",
      states: [oldState, newState].flatMap((one) => (one === undefined ? [] : [recordOf(one)])),
    }));
}

/** The resources of `pulumi stack export`. @throws SyntaxError for a text that is no JSON */
export function readRecords(text: string): readonly ResourceRecord[] {
  const { deployment } = JSON.parse(text) as {
    readonly deployment?: { readonly resources?: readonly ExportedResource[] } | null;
  };
  return (deployment?.resources ?? []).map(recordOf);
}

function recordOf(resource: ExportedResource): ResourceRecord {
  const properties = Object.values(resource.propertyDependencies ?? {});
  return {
    urn: resource.urn ?? "",
    id: resource.id ?? "",
    parent: resource.parent,
    dependencies: [
      ...new Set([...(resource.dependencies ?? []), ...properties.flatMap((urns) => urns ?? [])]),
    ],
    inputs: resource.inputs ?? {},
    outputs: resource.outputs ?? {},
  };
}
