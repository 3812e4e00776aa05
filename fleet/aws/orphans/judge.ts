import type { OpenCreate, Properties, StageFacts } from "../../recovery";
import { type OrphanKind, orphanKinds } from "./kinds";

/** Something in the account that may be what an interrupted create made. */
export interface Candidate {
  /** As in the state. */
  readonly id: string;
  /** As the provider reads it. */
  readonly properties: Properties;
  /** Absent: it is not attached, or nothing of its kind can be. */
  readonly attached?: true;
}

/** What becomes of an interrupted create and of what it may have made. */
export type Verdict =
  /** There is nothing; the run makes it. */
  | { readonly kind: "repeat" }
  /** It is removed, and the run makes another. */
  | { readonly kind: "remove"; readonly candidate: Candidate }
  /** It goes into the state as if the create had ended. */
  | { readonly kind: "take over"; readonly candidate: Candidate }
  /** A person must look; nothing is touched. */
  | { readonly kind: "doubt"; readonly ids: readonly string[]; readonly why: string };

/**
 * The kind of an interrupted create whose object hive can find; undefined for what is not of the
 * stage's own fleet.
 */
export function kindOf({ urn, type }: Pick<OpenCreate, "urn" | "type">): OrphanKind | undefined {
  // A site may have resources of AWS of its own: their types are in the URN after other parents.
  return urn.includes(`$hive:index:AwsFleet$${type}::`) ? orphanKinds[type] : undefined;
}

/** The tags by which an object is found; undefined when they are not the stage's. */
export function tagsOf({ inputs }: OpenCreate, stage: string): Properties | undefined {
  const tags = (inputs["tags"] ?? {}) as Properties;
  const isWhole =
    tags["hive:stage"] === stage &&
    typeof tags["hive:site"] === "string" &&
    typeof tags["Name"] === "string";
  return isWhole ? tags : undefined;
}

/**
 * What becomes of an interrupted create. Pure. Only what carries every tag that the program gave,
 * or has the name that Pulumi drew for it, and is in no resource of the state, is taken for what
 * the create made.
 *
 * @param found what the account has of its kind, under its tags or its id
 */
export function judgeCreate(
  create: OpenCreate,
  found: readonly Candidate[],
  { stage, knownIds, knownUrns, since }: StageFacts,
): Verdict {
  const kind = kindOf(create);
  const tags = tagsOf(create, stage);
  if (kind === undefined || (kind.by === "tags" && tags === undefined))
    return { kind: "doubt", ids: [], why: "is not known to be of this stage's servers" };
  const orphans = found.filter(
    ({ id, properties }) => !knownIds.has(id) && (tags === undefined || carries(properties, tags)),
  );
  const [candidate] = orphans;
  if (candidate === undefined) return { kind: "repeat" };
  const doubt = (why: string): Verdict => ({
    kind: "doubt",
    ids: orphans.map(({ id }) => id),
    why,
  });
  if (orphans.length > 1) return doubt("are more than one create can have made");
  if (candidate.attached === true) return doubt("is attached to an instance");
  const odd = kind.oddity?.(candidate.properties, create.inputs);
  if (odd !== undefined) return doubt(odd);
  // The state has one resource of a URN, except while one is replaced.
  if (kind.end === "take over" && knownUrns.has(create.urn))
    return doubt("is beside another one that is in the state");
  if (kind.createTime !== undefined) {
    const made = Date.parse(String(candidate.properties[kind.createTime]));
    // Not a number when it is unknown.
    if (since === undefined || !(made >= since.getTime()))
      return doubt("may be older than the interrupted run and have data");
  }
  return { kind: kind.end ?? "remove", candidate };
}

/** Whether an object has all these tags. Those of the account's provider are in `tagsAll` only. */
function carries({ tags, tagsAll }: Properties, wanted: Properties): boolean {
  const has = { ...(tags as Properties | undefined), ...(tagsAll as Properties | undefined) };
  return Object.entries(wanted).every(([name, value]) => has[name] === value);
}
