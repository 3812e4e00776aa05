/** An image that was built for a repository, or promoted to it from another stage. */
export interface ImageRelease {
  /** 12 hex digits that follow from the content; empty for an image from another stage. */
  readonly tag: string;
  /** `sha256:…` as the registry knows it; empty for an image that was not pushed. */
  readonly digest: string;
  /** `<repository>@sha256:…`, or the image's id. */
  readonly reference: string;
  /** Time of the build, ISO 8601 in UTC; empty if unknown. */
  readonly builtAt: string;
  /** Whether the image still exists; false after the policy removed it. */
  readonly kept: boolean;
}

/** Number of releases that are remembered. */
const REMEMBERED = 5;
/** Number of releases whose images are kept: the current one, the previous one, and one more. */
const KEPT = 3;

/**
 * The releases after `release` was built or adopted, newest first. Content that comes back moves to
 * the front instead of being listed twice. An older release that is still kept is not forgotten,
 * because it must be removed one day.
 */
export function recordRelease(
  releases: readonly ImageRelease[],
  release: ImageRelease,
): ImageRelease[] {
  const { tag, digest } = release;
  const isSame = (other: ImageRelease): boolean =>
    (tag !== "" && other.tag === tag) || (digest !== "" && other.digest === digest);
  const others = releases.filter((other) => !isSame(other));
  return [release, ...others].filter(({ kept }, index) => index < REMEMBERED || kept);
}

/**
 * The releases after an image of the repository was pinned. An image promoted from another stage
 * becomes the newest, so that it is kept, rolled back from and one day removed like any other.
 * Going back to a kept release does not change the order.
 */
export function recordPinned(
  releases: readonly ImageRelease[],
  { digest, reference }: Pick<ImageRelease, "digest" | "reference">,
): readonly ImageRelease[] {
  const known = releases.find((release) => release.digest === digest);
  if (known?.kept === true) return releases;
  return recordRelease(releases, {
    ...(known ?? { tag: "", builtAt: "" }),
    digest,
    reference,
    kept: true,
  });
}

/**
 * The releases whose images the policy may remove: older than the newest three, not in use, and not
 * the release before one in use, which is the target of a rollback. The latter matters when several
 * releases fail in turn.
 */
export function removableReleases(
  releases: readonly ImageRelease[],
  isUsed: (release: ImageRelease) => boolean,
): ImageRelease[] {
  const kept = releases.filter((release) => release.kept);
  const isBeforeUsed = (release: ImageRelease): boolean => {
    const newer = kept[kept.indexOf(release) - 1];
    return newer !== undefined && isUsed(newer);
  };
  return releases
    .slice(KEPT)
    .filter((release) => release.kept && !isUsed(release) && !isBeforeUsed(release));
}

/** The releases after the images of some were removed. */
export function withoutImages(
  releases: readonly ImageRelease[],
  removed: readonly ImageRelease[],
): ImageRelease[] {
  const references = new Set(removed.map(({ reference }) => reference));
  return releases
    .map((release) => (references.has(release.reference) ? { ...release, kept: false } : release))
    .filter(({ kept }, index) => index < REMEMBERED || kept);
}
