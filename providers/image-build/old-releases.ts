import { type ImageRelease, removableReleases, withoutImages } from "../../model/image/releases";
import { imagesInUse } from "../images-in-use";
import type { RegistryAuth } from "../registry/registry-auth";
import { withEngine } from "../transport/engine";
import type { HostAccess } from "../transport/host-access";
import { removeManifest, repositoryAt } from "../registry/client";

/** The places of a repository's images, and the managers that know which of them are in use. */
export interface ReleasePlaces {
  readonly host: HostAccess;
  readonly repository: string;
  readonly push: boolean;
  readonly registryAuth?: RegistryAuth | undefined;
  readonly managers?: readonly HostAccess[] | undefined;
}

const LOOK_SECONDS = 20;

/**
 * Removes the images of releases that the policy no longer keeps (`model/image/releases.ts`), from
 * the build host and the registry. Images that a service of the Swarm uses, or would roll back to,
 * stay. While no manager can be asked, everything stays. Errors are ignored: the next build or pin
 * tries again.
 *
 * @param pinned - digest that the stage is about to use, even if it is not new; it stays like an
 *   image in use.
 * @returns the releases; those without an image are marked
 */
export async function removeOldReleases(
  places: ReleasePlaces,
  releases: readonly ImageRelease[],
  pinned?: string,
): Promise<readonly ImageRelease[]> {
  if (removableReleases(releases, () => false).length === 0) return releases;
  const used = places.push ? await imagesInUse(places.managers ?? []) : [];
  if (used === undefined) return releases;
  const old = removableReleases(
    releases,
    ({ digest }) =>
      digest !== "" && (digest === pinned || used.some((image) => image.endsWith(`@${digest}`))),
  );
  const removed: ImageRelease[] = [];
  for (const release of old) {
    if (await removeRelease(places, release)) removed.push(release);
  }
  return withoutImages(releases, removed);
}

async function removeRelease(places: ReleasePlaces, release: ImageRelease): Promise<boolean> {
  const { host, repository, push, registryAuth } = places;
  // An image from another stage is in the registry only, and has no tag.
  const gone = release.tag === "" || (await removeTag(host, `${repository}:${release.tag}`));
  return push
    ? await removeManifest(repositoryAt(host, repository, registryAuth), release.digest)
    : gone;
}

/** Removes a name, and the image if it has no other and no container uses it. */
async function removeTag(host: HostAccess, name: string): Promise<boolean> {
  try {
    await withEngine(host, (docker) => docker.getImage(name).remove(), {
      deadlineSeconds: LOOK_SECONDS,
    });
    return true;
  } catch {
    return false;
  }
}
