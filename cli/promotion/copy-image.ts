import type { Descriptor } from "../../model/image/manifest";
import { parseManifest } from "../../model/image/manifest";
import { messageOf } from "../../providers/transport/errors";
import { Failure } from "../failure";
import { copyBlob } from "./copy-blob";
import { fetchManifest, has, putManifest, type Repository } from "../../providers/registry/client";

/** A manifest as it is put: its own bytes, and so its own digest. */
export interface ManifestCopy {
  readonly digest: string;
  readonly text: string;
  readonly mediaType: string;
}

/** All that an image consists of. */
export interface ImageParts {
  /**
   * In the order in which a registry takes them: what is listed before what lists it; the image
   * itself last.
   */
  readonly manifests: readonly ManifestCopy[];
  readonly blobs: readonly Descriptor[];
}

/** What of an image is to be copied. */
export interface ImageCopy {
  readonly parts: ImageParts;
  readonly missing: ImageParts;
}

/** Told while an image is copied. */
export interface CopyProgress {
  readonly blob: Descriptor;
  /** From 1 on. */
  readonly index: number;
  readonly count: number;
  readonly copied: number;
}

/** How deep manifest lists may be nested; builders make one level. */
const deepest = 4;

/** Reads what an image consists of. */
export async function readImage(source: Repository, digest: string): Promise<ImageParts> {
  const manifests = new Map<string, ManifestCopy>();
  const blobs = new Map<string, Descriptor>();
  const visit = async (current: string, depth: number): Promise<void> => {
    if (manifests.has(current)) return;
    if (depth > deepest)
      throw new Failure(
        `${source.name}@${digest}: manifest lists are nested more than ${deepest} levels deep.`,
      );
    const fetched = await fetchManifest(source, current);
    const content = understood(source, current, () =>
      parseManifest(fetched.text, fetched.contentType),
    );
    for (const child of content.manifests) await visit(child.digest, depth + 1);
    for (const blob of content.blobs) blobs.set(blob.digest, blob);
    manifests.set(current, {
      digest: current,
      text: fetched.text,
      mediaType: content.mediaType,
    });
  };
  await visit(digest, 0);
  return { manifests: [...manifests.values()], blobs: [...blobs.values()] };
}

/** Compares with what the target has. Changes nothing. */
export async function planCopy(
  source: Repository,
  target: Repository,
  digest: string,
): Promise<ImageCopy> {
  const parts = await readImage(source, digest);
  const blobs: Descriptor[] = [];
  for (const blob of parts.blobs) if (!(await has(target, "blobs", blob.digest))) blobs.push(blob);
  const manifests: ManifestCopy[] = [];
  for (const manifest of parts.manifests)
    if (!(await has(target, "manifests", manifest.digest))) manifests.push(manifest);
  return { parts, missing: { blobs, manifests } };
}

/**
 * Copies what is missing: blobs first, then manifests, so that whoever finds the image finds all of
 * it.
 *
 * @throws Failure when a registry refuses or a transfer breaks; what was complete by then stays,
 *   and the next run goes on from there
 */
export async function copyImage(
  source: Repository,
  target: Repository,
  missing: ImageParts,
  onProgress: (progress: CopyProgress) => void,
): Promise<void> {
  const count = missing.blobs.length;
  for (const [position, blob] of missing.blobs.entries())
    await copyBlob(source, target, blob, (copied) =>
      onProgress({ blob, index: position + 1, count, copied }),
    );
  for (const manifest of missing.manifests) await putManifest(target, manifest.digest, manifest);
}

/**
 * Makes sure that the target has all of an image, and its manifests in the very bytes.
 *
 * @throws Failure when something is missing, as after the registry freed its disk in the middle of
 *   a copy, or differs
 */
export async function confirmCopy(target: Repository, digest: string): Promise<void> {
  const { blobs } = await readImage(target, digest);
  for (const blob of blobs)
    if (!(await has(target, "blobs", blob.digest)))
      throw new Failure(
        `The registry ${target.registry} lost ${blob.digest} of ${target.name} during the copy. Run again: what is there is not copied again.`,
      );
}

function understood<T>(source: Repository, digest: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new Failure(
      `${source.registry}/${source.name}@${digest} cannot be copied: ${messageOf(error)}.`,
    );
  }
}
