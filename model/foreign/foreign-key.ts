/**
 * Translations of keys in other systems' files. Plain tables of them are beside this file, one file
 * per system.
 */

/** What to write here. */
export interface Rewrite {
  /** Keys and values that replace the pasted ones. Empty: the pasted key is removed. */
  readonly write: Readonly<Record<string, unknown>>;
  /** Keys and values that go to `site/site.ts` with it, e.g. the volume of a mount. */
  readonly site?: Readonly<Record<string, unknown>>;
  /** Further hints and tasks, each a part of a sentence. */
  readonly notes?: readonly string[];
}

/** The place of a pasted key. */
export interface PastedPlace {
  /** Name of the service, volume … that contains it. */
  readonly name: string;
  /** Its own key, or its number in a list. */
  readonly key: string;
  /** The entries beside it, by key or by number. */
  readonly beside: Readonly<Record<string, unknown>>;
}

/** A key that another system has and hive does not. */
export type ForeignKey =
  | {
      readonly kind: "becomes";
      /** Undefined when the other system does not accept the value either. */
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
      /** Why nothing replaces it: a part of a sentence. */
      readonly why: string;
    };

/** The keys that a system has in one kind of map. */
export interface ForeignTable {
  /** Name of the system, for readers. */
  readonly system: string;
  readonly keys: Readonly<Record<string, ForeignKey>>;
}

/** A value in another system's form of the same key. */
export interface PastedForm {
  /** The problem: continues the sentence after the path. */
  readonly message: string;
  /** The value to write instead; for an item of a list, the items. */
  readonly becomes?: unknown;
  /** Whether `becomes` is a list of items that replace a single one. */
  readonly isItems?: boolean;
  /** Entries for `site/site.ts`. */
  readonly site?: Readonly<Record<string, unknown>>;
  /**
   * Further hints and tasks, each a part of a sentence; without `becomes`, everything that is to be
   * done.
   */
  readonly notes?: readonly string[];
  /**
   * Keys inside it that this translation covers; others have problems of their own. Default: all
   * keys.
   */
  readonly covers?: readonly string[];
  /** The system, if it is certain. */
  readonly system?: string;
}

/** Recognizes a form of another system; undefined for other values. */
export type FormReader = (value: unknown, place: PastedPlace) => PastedForm | undefined;

/** A key that has another form here. */
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

/** A key for a feature that Swarm does not have. */
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
 * Looks up a key in these tables; the first table that has it decides. Compose's extensions are
 * recognized by their prefix `x-`.
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
