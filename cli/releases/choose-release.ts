import { exitCodes } from "../exit-codes";
import { Failure } from "../failure";

/** A release of an image, as the stack's outputs tell it. */
export interface Release {
  readonly tag: string;
  /** `sha256:…` */
  readonly digest: string;
  readonly reference: string;
  /** ISO 8601 in UTC; empty or absent when it is not known. */
  readonly builtAt?: string | undefined;
  /** The registry still has it. */
  readonly kept?: boolean | undefined;
}

/** What a rollback starts from. */
export interface RollbackFacts {
  readonly image: string;
  /** Newest first. */
  readonly releases: readonly Release[];
  /** Reference of the image that the stage uses now. */
  readonly reference: string;
}

/** The release that is used now; undefined if the stage no longer remembers it. */
export function currentRelease({ releases, reference }: RollbackFacts): Release | undefined {
  return releases.find((release) => release.digest !== "" && reference.endsWith(release.digest));
}

/**
 * The release to go back to: the one before the current one, or the requested one.
 *
 * @param to beginning of a digest, with or without `sha256:`, or a tag; absent: the one before
 * @throws Failure when none or several match
 */
export function chooseRelease(facts: RollbackFacts, to: string | undefined): Release {
  const usable = facts.releases.filter(({ digest, kept }) => digest !== "" && kept !== false);
  const current = currentRelease(facts);
  if (to === undefined) {
    const older = current === undefined ? usable : usable.slice(usable.indexOf(current) + 1);
    const [previous] = older;
    if (previous !== undefined && (current === undefined || usable.includes(current)))
      return previous;
    throw refused(facts, "has no earlier release that is still kept");
  }
  const wanted = to.replace(/^sha256:/, "").toLowerCase();
  // An empty text matches nothing: it probably is an unset variable.
  const found = usable.filter(
    ({ digest, tag }) =>
      wanted !== "" && (digest.slice("sha256:".length).startsWith(wanted) || tag === wanted),
  );
  const [release, another] = found;
  if (release === undefined)
    throw refused(
      facts,
      `has no kept release that begins with ${to === "" ? "an empty text" : to}`,
    );
  if (another !== undefined)
    throw refused(facts, `has ${found.length} releases that begin with ${to}`);
  return release;
}

/** `3f2a91b0c4d5`: enough to tell releases apart. */
export function shortDigest(digest: string): string {
  return digest.replace(/^sha256:/, "").slice(0, 12);
}

/**
 * The releases of an image, newest first, a row each: digest, time of the build, notes.
 */
export function releaseRows(facts: RollbackFacts): readonly (readonly string[])[] {
  const current = currentRelease(facts);
  return facts.releases.map((release, index) => {
    const notes = [
      ...(release === current ? ["in use"] : []),
      ...(index === 0 ? ["newest"] : []),
      ...(release.tag === "" ? ["promoted to this stage"] : []),
      ...(release.kept === false ? ["removed from the registry"] : []),
    ];
    const built = (release.builtAt ?? "").replace(/^(.{10})T(.{5}).*$/, "$1 $2 UTC");
    return [shortDigest(release.digest), built === "" ? "-" : built, notes.join(", ")];
  });
}

function refused(facts: RollbackFacts, problem: string): Failure {
  const rows = releaseRows(facts).map((row) => `  ${row.join("  ").trimEnd()}`);
  const list = rows.length === 0 ? "" : ` Known releases, newest first:\n${rows.join("\n")}`;
  return new Failure(
    `The image ${facts.image} ${problem}.${list}${rows.length === 0 ? " " : "\n"}Nothing was changed.`,
    exitCodes.input,
  );
}
