import type { Descriptor } from "../../model/image/manifest";
import { parseManifest } from "../../model/image/manifest";
import { messageOf } from "../../providers/transport/errors";
import { Failure } from "../failure";
import { copyBlob } from "./copy-blob";
import {
  exists,
  fetchManifest,
  putManifest,
  type Repository,
} from "../../providers/registry/client";

/** A manifest with its exact bytes, so that its digest stays the same. */
export interface ManifestCopy {
  readonly digest: string;
  readonly text: string;
  readonly mediaType: string;
}

/** All parts of an image. */
export interface ImageParts {
  /**
   * In the order that a registry requires: a manifest before the list that names it; the image
   * itself last.
   */
  readonly manifests: readonly ManifestCopy[];
  readonly blobs: readonly Descriptor[];
}

/** The parts of an image, and those to copy. */
export interface ImageCopy {
  readonly parts: ImageParts;
  readonly missing: ImageParts;
}

/** The progress of a copy. */
export interface CopyProgress {
  readonly blob: Descriptor;
  /** From 1 on. */
  readonly index: number;
  readonly count: number;
  readonly copied: number;
}

/** How deep manifest lists may be nested; builders make one level. */
const deepest = 4;

/** Reads the parts of an image. */
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
  for (const blob of parts.blobs)
    if (!(await exists(target, "blobs", blob.digest))) blobs.push(blob);
  const manifests: ManifestCopy[] = [];
  for (const manifest of parts.manifests)
    if (!(await exists(target, "manifests", manifest.digest))) manifests.push(manifest);
  return { parts, missing: { blobs, manifests } };
}

/**
 * Copies the missing parts: blobs first, then manifests, so that an image that is visible is
 * complete.
 *
 * @throws Failure when a registry refuses or a transfer breaks; completed parts stay, and the next
 *   run continues from there
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
 * Checks that the target has all parts of an image, with identical manifests.
 *
 * @throws Failure when a part is missing or differs, for example because the registry freed its
 *   disk during the copy
 */
export async function confirmCopy(target: Repository, digest: string): Promise<void> {
  const { blobs } = await readImage(target, digest);
  for (const blob of blobs)
    if (!(await exists(target, "blobs", blob.digest)))
      throw new Failure(
        `The registry ${target.registry} lost ${blob.digest} of ${target.name} during the copy. Run again: blobs that are there are not copied again.`,
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
