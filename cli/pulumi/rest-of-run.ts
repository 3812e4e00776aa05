import type { Phase } from "../../model/phases";
import { type ExportedResource, readResource, type StateResource } from "./state";
import { dynamicType, readUrn } from "./urn";

/** A step of a preview. */
export interface PreviewStep {
  /** Pulumi's word: `create`, `update`, `replace`, `delete` … */
  readonly operation: string;
  readonly urn: string;
  /** The resource before and after the step, as far as it exists. */
  readonly states: readonly StateResource[];
}

/** The facts after a failed run. */
export interface FailedRun {
  /** The steps that a whole run would do now. */
  readonly preview: readonly PreviewStep[];
  /** All resources before the run: after a roll-back, a service runs as it did then. */
  readonly before: readonly StateResource[];
  /** All resources now. */
  readonly now: readonly StateResource[];
  /** URNs of what failed. */
  readonly failed: readonly string[];
}

/** The rest of a run. */
export interface RestOfRun {
  /** For `pulumi up --target`; empty if there is nothing to do. */
  readonly targets: readonly string[];
  /** The steps to show to the user: resources without components. */
  readonly steps: readonly PreviewStep[];
}

/**
 * Phases in which one failure does not affect other resources. If a server or the Swarm fails,
 * nothing else is changed.
 */
const separable: ReadonlySet<Phase | undefined> = new Set<Phase>([
  "build-images",
  "deploy-services",
  "initialize-services",
]);

const serviceType = dynamicType("SwarmService");
const initializationType = dynamicType("ServiceInitialization");

/**
 * Whether the run may continue without the failed resources. @param failed URNs; none if unknown
 */
export function areSeparable(failed: readonly string[]): boolean {
  return failed.length > 0 && failed.every((urn) => separable.has(readUrn(urn).phase));
}

/**
 * The steps of a failed run that do not need the failed resources. Three kinds of steps wait for
 * the next run: the failed resources and everything that depends on them; removals of what one of
 * these uses, may use, or was to take over; and changes that would take something from a waiting
 * resource. A targeted run checks none of this itself. In doubt, a step waits for the next run.
 */
export function restOfRun({ preview, before, now, failed }: FailedRun): RestOfRun {
  const nothing = { targets: [], steps: [] };
  if (!areSeparable(failed)) return nothing;
  const records = [...before, ...now, ...preview.flatMap(({ states }) => states)];
  const existed = new Set(before.map(({ urn }) => urn));
  let waiting = withDependents(new Set(failed), records);
  let kept: ReadonlySet<string> = new Set();
  for (let size = -1; size < waiting.size + kept.size;) {
    size = waiting.size + kept.size;
    const staying = new Staying(records, waiting, kept, existed);
    const open = preview.filter(({ urn }) => !waiting.has(urn) && !kept.has(urn));
    const needed = open.filter((step) => isRemoval(step) && staying.needs(step));
    const taking = open.filter((step) => !isRemoval(step) && staying.loses(step));
    kept = new Set([...kept, ...needed.map(({ urn }) => urn)]);
    // If the old resource stays, its replacement has to wait too.
    const replaced = needed.filter(({ operation }) => operation !== "delete");
    const more = [...replaced, ...taking].map(({ urn }) => urn);
    waiting = withDependents(new Set([...waiting, ...more]), records);
  }
  // Pulumi refuses to change a resource on which an unwanted one depends that is not deleted in the
  // same run.
  const anchored = withDependencies(kept, records);
  const steps = preview.filter(({ urn }) => !waiting.has(urn) && !anchored.has(urn));
  const own = steps.filter(({ urn }) => isOwn(urn));
  if (own.length === 0) return nothing;
  return { targets: [...new Set(steps.map(({ urn }) => urn))], steps: own };
}

/** The resources that stay as they are, with what they hold and use. */
class Staying {
  private readonly used: ReadonlySet<string>;
  private readonly texts: readonly string[];
  private readonly held: ReadonlySet<string>;
  /**
   * Networks of services that are still to be created: they may be successors of services that are
   * removed there.
   */
  private readonly newcomersNetworks: ReadonlySet<string>;

  constructor(
    records: readonly StateResource[],
    waiting: ReadonlySet<string>,
    private readonly kept: ReadonlySet<string>,
    existed: ReadonlySet<string>,
  ) {
    const staying = records.filter(({ urn }) => waiting.has(urn) || kept.has(urn));
    this.used = new Set(staying.flatMap(neededBy));
    this.texts = staying.flatMap(({ inputs, outputs }) => textsOf([inputs, outputs]));
    this.held = new Set(staying.flatMap(holdings));
    const newcomers = staying.filter(({ urn }) => waiting.has(urn) && !existed.has(urn));
    this.newcomersNetworks = new Set(newcomers.flatMap(networks));
  }

  /** Whether a resource that stays uses, names or holds what a step removes, or may succeed it. */
  needs({ urn, states }: PreviewStep): boolean {
    return (
      this.used.has(urn) ||
      states.some(
        (state) =>
          this.isSpokenOf(state) ||
          holdings(state).some((one) => this.held.has(one)) ||
          networks(state).some((one) => this.newcomersNetworks.has(one)) ||
          // The records of a service's initial data is removed with the service.
          (readUrn(urn).type === initializationType &&
            state.dependencies.some((other) => this.kept.has(other))),
      )
    );
  }

  /** Whether a change takes a volume or port from a resource that stays. */
  loses({ operation, states }: PreviewStep): boolean {
    const own = operation === "create" ? [] : states.slice(0, 1).flatMap(holdings);
    return states.flatMap(holdings).some((one) => this.held.has(one) && !own.includes(one));
  }

  private isSpokenOf({ urn, id, inputs, outputs }: StateResource): boolean {
    const names = [id, inputs["name"], outputs["name"], outputs["imageId"], outputs["resolved"]];
    const known = names.filter((name) => typeof name === "string" && name !== "") as string[];
    // Other resources name a service amid other text, for example in a URL.
    if (readUrn(urn).type === serviceType)
      return known.some((name) => this.texts.some((text) => hasWord(text, name)));
    return known.some((name) =>
      this.texts.some(
        (text) => text === name || text.startsWith(`${name}@`) || text.startsWith(`${name}:`),
      ),
    );
  }
}

/** Some resources, with all their dependents and children. */
function withDependents(
  first: ReadonlySet<string>,
  records: readonly StateResource[],
): ReadonlySet<string> {
  return grown(first, records, (record, all) =>
    neededBy(record).some((other) => all.has(other)) ? [record.urn] : [],
  );
}

/** Some resources, with all their dependencies and parents. */
function withDependencies(
  first: ReadonlySet<string>,
  records: readonly StateResource[],
): ReadonlySet<string> {
  return grown(first, records, (record, all) => (all.has(record.urn) ? neededBy(record) : []));
}

/** Extends a set until nothing more joins it. */
function grown(
  first: ReadonlySet<string>,
  records: readonly StateResource[],
  joining: (record: StateResource, all: ReadonlySet<string>) => readonly string[],
): ReadonlySet<string> {
  const all = new Set(first);
  for (let size = -1; size < all.size;) {
    size = all.size;
    for (const record of records) for (const urn of joining(record, all)) all.add(urn);
  }
  return all;
}

/** URNs of a resource's dependencies and of its parent. */
function neededBy({ dependencies, parent }: StateResource): readonly string[] {
  return parent === undefined ? dependencies : [...dependencies, parent];
}

/** What only one resource can have at a time: volumes and published ports. */
function holdings({ urn, inputs, outputs }: StateResource): readonly string[] {
  const { type } = readUrn(urn);
  const both = [inputs, outputs] as readonly Partial<ServiceValues>[];
  if (type === initializationType)
    return both.flatMap(({ volumes }) => list(volumes).map((name) => `volume ${name}`));
  if (type !== serviceType) return [];
  return both.flatMap(({ mounts, ports }) => [
    ...list(mounts).flatMap(({ kind, source }) => (kind === "volume" ? `volume ${source}` : [])),
    ...list(ports).map(({ published, protocol }) => `port ${published}/${protocol}`),
  ]);
}

/** Ids of the networks that a service is in. */
function networks({ urn, inputs, outputs }: StateResource): readonly string[] {
  if (readUrn(urn).type !== serviceType) return [];
  const both = [inputs, outputs] as readonly Partial<ServiceValues>[];
  return both.flatMap(({ networks: own }) => list(own).map(({ id }) => id));
}

/** The values that are read of a service and of its initialization. */
interface ServiceValues {
  readonly mounts: readonly { readonly kind: string; readonly source: string }[];
  readonly ports: readonly { readonly published: number; readonly protocol: string }[];
  readonly networks: readonly { readonly id: string }[];
  readonly volumes: readonly string[];
}

/** A list of a resource's values; empty while it is not known. */
function list<T>(value: readonly T[] | undefined): readonly T[] {
  return Array.isArray(value) ? (value as readonly T[]) : [];
}

/** All texts in a value, except the code of providers. */
function textsOf(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(textsOf);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, one]) => (key === "__provider" ? [] : textsOf(one)));
}

/** Whether a text contains a name as a whole word, as in `http://<name>:8080`. */
function hasWord(text: string, name: string): boolean {
  return text.split(/[^A-Za-z0-9_-]+/).includes(name);
}

function isRemoval({ operation }: PreviewStep): boolean {
  return ["delete", "delete-replaced", "replace"].includes(operation);
}

/** Whether it is a resource, not a component or a provider. */
function isOwn(urn: string): boolean {
  return !/^(hive|pulumi):/.test(readUrn(urn).type);
}

/** Reads the steps of `pulumi preview --json`. @throws SyntaxError if the text is not JSON */
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
      states: [oldState, newState].flatMap((one) => (one === undefined ? [] : [readResource(one)])),
    }));
}
