/** An image that was built under a repository's name. */
export interface ImageRelease {
  /** 12 hex digits that follow from the content. */
  readonly tag: string;
  /** `sha256:…` as the registry knows it; empty for an image that was not pushed. */
  readonly digest: string;
  /** `<repository>@sha256:…`, or the image's id. */
  readonly reference: string;
  /** When it was built, ISO 8601 in UTC; empty if that is not known. */
  readonly builtAt: string;
  /** Whether it is still kept where it was put; false after the policy removed it. */
  readonly kept: boolean;
}

/** Releases that are remembered by name. */
const REMEMBERED = 5;
/** Releases whose images are kept: the current one, the one before it, and one more. */
const KEPT = 3;

/**
 * The releases after `release` was built or adopted, newest first. Content that comes back moves to the front instead of
 * standing there twice. An older one that is still kept is not forgotten, because something must remove it one day.
 */
export function recordRelease(
  releases: readonly ImageRelease[],
  release: ImageRelease,
): ImageRelease[] {
  const others = releases.filter(({ tag }) => tag !== release.tag);
  return [release, ...others].filter(({ kept }, index) => index < REMEMBERED || kept);
}

/** The releases whose images the policy may remove: kept beyond the newest three, and named by nothing that runs. */
export function removableReleases(
  releases: readonly ImageRelease[],
  isUsed: (release: ImageRelease) => boolean,
): ImageRelease[] {
  return releases.slice(KEPT).filter((release) => release.kept && !isUsed(release));
}

/** The releases after the images of some were removed. */
export function withoutImages(
  releases: readonly ImageRelease[],
  removed: readonly ImageRelease[],
): ImageRelease[] {
  const tags = new Set(removed.map(({ tag }) => tag));
  return releases
    .map((release) => (tags.has(release.tag) ? { ...release, kept: false } : release))
    .filter(({ kept }, index) => index < REMEMBERED || kept);
}
