/** Where a base image stands: `hive update --check --json` prints it. */
export interface BaseImageCheck {
  /** As in a Dockerfile's FROM. */
  readonly reference: string;
  /** Images of the site that start from it, by name. */
  readonly usedBy: readonly string[];
  /**
   * Whether the stage is bound to the digest or id below until the next update; else it uses what
   * the repository server has.
   */
  readonly isPinned: boolean;
  /** `sha256:…` in its registry; absent: it came from none, or the server does not have it. */
  readonly digest?: string;
  /** `sha256:…`, on the repository server. Absent: the server does not have it. */
  readonly imageId?: string;
  /** When it was built, ISO 8601. */
  readonly built?: string;
  /** Whole days since it was built. */
  readonly days?: number;
  /** Whether there is a newer one. `unknown`: see `reason`. */
  readonly newer: "yes" | "no" | "unknown";
  /** Digest of the newer one in the registry, or its id on this computer's Docker Engine. */
  readonly newest?: string;
  /** Why nobody could say whether there is a newer one. */
  readonly reason?: string;
}

/** What a Docker Engine and a registry say of a reference. */
export interface Observed {
  /** The image that builds start from; absent: the server does not have it. */
  readonly present?: { readonly id: string; readonly digests: readonly string[] };
  /**
   * The image that this computer's Docker Engine has under the reference, if images come from
   * there.
   */
  readonly local?: { readonly id: string; readonly digests: readonly string[] };
  /** What the registry answered; a reason if it could not be asked. */
  readonly registry: { readonly digest: string } | { readonly reason: string };
}

/** The answer to "is there a newer one?" Pure. */
export function compareImages({
  present,
  local,
  registry,
}: Observed): Pick<BaseImageCheck, "newer" | "newest" | "reason"> {
  if (present === undefined)
    return { newer: "unknown", reason: "the repository server does not have the image yet" };
  if (local !== undefined && local.id !== present.id) return { newer: "yes", newest: local.id };
  const digests = [...present.digests, ...(local?.digests ?? [])];
  if (digests.length === 0) {
    const reason =
      "it came from no registry, but from Debian's packages: an update makes it from those of today";
    return { newer: "unknown", reason };
  }
  if ("reason" in registry)
    return { newer: "unknown", reason: `its registry could not be asked: ${registry.reason}` };
  return digests.includes(registry.digest)
    ? { newer: "no" }
    : { newer: "yes", newest: registry.digest };
}
