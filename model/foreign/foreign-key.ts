/**
 * What is written in another system's files, and what it is here. Plain tables of it stand beside
 * this file, one file per system.
 */

/** What to write here. */
export interface Rewrite {
  /** Keys and values in the place of what was pasted. Empty: it is left out. */
  readonly write: Readonly<Record<string, unknown>>;
  /** Keys and values that go to `site/site.ts` with it, e.g. the volume of a mount. */
  readonly site?: Readonly<Record<string, unknown>>;
  /** What else there is to know or to do, each a sentence's part. */
  readonly notes?: readonly string[];
}

/** Where something was pasted. */
export interface PastedPlace {
  /** Name of the service, volume … in which it stands. */
  readonly name: string;
  /** Its own key, or its number in a list. */
  readonly key: string;
  /** What stands beside it, by key or by number. */
  readonly beside: Readonly<Record<string, unknown>>;
}

/** A key that another system has and hive does not. */
export type ForeignKey =
  | {
      readonly kind: "becomes";
      /** Undefined when the value is none that the other system takes either. */
      readonly rewrite: (value: unknown, place: PastedPlace) => Rewrite | undefined;
    }
  | {
      readonly kind: "cannot";
      /** Goes on after "a Swarm service cannot", e.g. "be privileged". */
      readonly what: string;
      /** What to do instead. */
      readonly instead: string;
    }
  | {
      readonly kind: "needless";
      /** Why nothing is written for it: a sentence's part. */
      readonly why: string;
    };

/** The keys that a system has in one kind of map. */
export interface ForeignTable {
  /** Name of the system, as a reader knows it. */
  readonly system: string;
  readonly keys: Readonly<Record<string, ForeignKey>>;
}

/** A value in the form that another system has for the same key. */
export interface PastedForm {
  /** What is wrong with it: goes on after the path. */
  readonly message: string;
  /** The value to write in its place; of a list's item, the items. */
  readonly becomes?: unknown;
  /** Whether `becomes` is a list of items that stand in the place of one. */
  readonly isItems?: boolean;
  /** What goes to `site/site.ts` with it. */
  readonly site?: Readonly<Record<string, unknown>>;
  /**
   * What else there is to know or to do, each a sentence's part; in the place of `becomes`, all
   * that there is to do.
   */
  readonly notes?: readonly string[];
  /** Keys inside it that are dealt with; others have problems of their own. Default: all of it. */
  readonly covers?: readonly string[];
  /** The system of which it is certain that this comes. */
  readonly system?: string;
}

/** Recognizes a form of another system; undefined when it is none. */
export type FormReader = (value: unknown, place: PastedPlace) => PastedForm | undefined;

/** A key that is written in another way here. */
export function becomes(
  rewrite: (value: unknown, place: PastedPlace) => Rewrite | undefined,
): ForeignKey {
  return { kind: "becomes", rewrite };
}

/** A key whose value stays, under another name. */
export function renamed(
  key: string,
  value: (value: unknown) => unknown = (same) => same,
): ForeignKey {
  return becomes((pasted) => {
    const written = value(pasted);
    return written === undefined ? undefined : { write: { [key]: written } };
  });
}

/** A key for what Swarm does not do. */
export function cannot(what: string, instead: string): ForeignKey {
  return { kind: "cannot", what, instead };
}

/** A key that is left out. */
export function needless(why: string): ForeignKey {
  return { kind: "needless", why };
}

/** A key of another system, with all systems that have it. */
export interface KnownKey {
  readonly systems: readonly string[];
  readonly entry: ForeignKey;
}

/**
 * What a key is in these tables; the first one that has it says so. Compose's own extensions
 * (`x-…`) are known by how they begin.
 */
export function foreignKey(tables: readonly ForeignTable[], key: string): KnownKey | undefined {
  const having = tables.filter(({ keys }) => Object.hasOwn(keys, key));
  const entry = having[0]?.keys[key];
  if (entry !== undefined) return { systems: having.map(({ system }) => system), entry };
  return tables.length > 0 && key.startsWith("x-")
    ? { systems: [compose], entry: extension }
    : undefined;
}

const extension = needless(
  "what several services share is a constant of TypeScript, e.g. `const shared = { … }`, and `...shared` in each of them",
);

/** Name of Docker Compose in messages. */
export const compose = "Docker Compose";

/** Name of hive-builder in messages. */
export const hiveBuilder = "hive-builder";

/** Whether the value is a map. */
export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
