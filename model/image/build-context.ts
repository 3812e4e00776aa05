import { createHash } from "node:crypto";

/** One entry of a build context, without its content. */
export interface BuildContextEntry {
  /** Relative to the context's folder, with `/`. */
  readonly path: string;
  readonly kind: "file" | "folder" | "link";
  /** Whether its owner may execute it; the only part of a file's mode that matters. */
  readonly executable: boolean;
  /** Target of a link; empty for others. */
  readonly target: string;
}

/** A file of a build context, with the facts for the context's hash. */
export interface HashedEntry extends BuildContextEntry {
  /** SHA-256 of a file's content in hex; empty for others. */
  readonly content: string;
}

/** Everything that an image's content depends on. */
export interface ImageContent {
  /** {@link hashEntries} of the context. */
  readonly contextHash: string;
  readonly buildArguments: Readonly<Record<string, string>>;
  /** Further labels of the image, besides those with the hash of its sources. */
  readonly labels: Readonly<Record<string, string>>;
  /** Id of the image that the Dockerfile starts from; empty if it is not tracked. */
  readonly baseImageId: string;
  /** Last stage of the Dockerfile to build; absent or empty: the last one in the file. */
  readonly target?: string | undefined;
  /**
   * Names of the secrets that build steps may read. Never their values: the hash is public, and a
   * short secret could be guessed from it.
   */
  readonly secretNames?: readonly string[] | undefined;
  /** `updated` of the plan: another one is another image of the same sources. Absent: never. */
  readonly updated?: string | undefined;
}

/**
 * Files that the Docker Engine itself reads: they are always sent, even when `.dockerignore`
 * excludes them.
 */
const ALWAYS_SENT = ["Dockerfile", ".dockerignore"];

/**
 * The entries that are sent to the Docker Engine, in the order of the hash and the archive: by
 * path, byte by byte, so that it depends neither on the file system nor on the locale. A folder
 * comes before its entries.
 *
 * @param ignored - whether `.dockerignore` excludes a path.
 */
export function selectEntries<Entry extends BuildContextEntry>(
  entries: readonly Entry[],
  ignored: (path: string) => boolean,
): Entry[] {
  const kept = entries.filter(
    (entry) =>
      ALWAYS_SENT.includes(entry.path) || (entry.kind !== "folder" && !ignored(entry.path)),
  );
  const needed = new Set(kept.flatMap((entry) => foldersAbove(entry.path)));
  const folders = entries.filter(
    (entry) => entry.kind === "folder" && (needed.has(entry.path) || !ignored(entry.path)),
  );
  return [...kept, ...folders].sort((one, other) =>
    Buffer.compare(Buffer.from(one.path), Buffer.from(other.path)),
  );
}

/** Mode of an entry in the archive, independent of the checkout's umask: 0755 or 0644. */
export function archiveMode(entry: BuildContextEntry): number {
  return entry.kind === "folder" || entry.executable ? 0o755 : 0o644;
}

/**
 * Hash of a context, 64 hex digits. Times and owners do not count; of the mode only the executable
 * bit does.
 */
export function hashEntries(entries: readonly HashedEntry[]): string {
  const hash = createHash("sha256");
  for (const { path, kind, executable, target, content } of entries) {
    hash.update(
      `${JSON.stringify([path, kind, kind === "file" && executable, target, content])}\n`,
    );
  }
  return hash.digest("hex");
}

/**
 * Hash of everything that an image depends on, 64 hex digits. The image carries it as the label
 * `hive.content`.
 */
export function hashImageContent(content: ImageContent): string {
  const sorted = (record: Readonly<Record<string, string>>): [string, string][] =>
    Object.entries(record).sort(([one], [other]) => (one < other ? -1 : 1));
  const secretNames = [...(content.secretNames ?? [])].sort();
  const parts = [
    content.contextHash,
    sorted(content.buildArguments),
    sorted(content.labels),
    content.baseImageId,
    // Only existing values, so that an image without them keeps the tag from before they were
    // introduced.
    ...(content.target === undefined || content.target === "" ? [] : [["target", content.target]]),
    ...(secretNames.length === 0 ? [] : [["secrets", secretNames]]),
    ...(content.updated === undefined ? [] : [["updated", content.updated]]),
  ];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

/** The tag of an image with this content: equal content has an equal tag, on every computer. */
export function imageTag(contentHash: string): string {
  return contentHash.slice(0, 12);
}

/** `a/b/c` is in `a` and `a/b`. */
function foldersAbove(path: string): string[] {
  const parts = path.split("/").slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
}
