import { type ImageRelease, removableReleases, withoutImages } from "../../model/image-releases";
import type { RegistryAuth } from "../registry-auth";
import { withEngine } from "../transport/engine";
import type { HostAccess } from "../transport/host-access";
import { withAnyManager } from "../transport/manager";
import { removeManifest } from "./registry-manifest";

/** Where images of a repository are, and who knows which of them are in use. */
export interface ReleasePlaces {
  readonly host: HostAccess;
  readonly repository: string;
  readonly push: boolean;
  readonly registryAuth?: RegistryAuth | undefined;
  readonly managers?: readonly HostAccess[] | undefined;
}

const LOOK_SECONDS = 20;

/**
 * Removes the images of releases that the policy no longer keeps (`model/image-releases.ts`), from the build host and
 * the registry. What any service of the Swarm names, now or as what it would be rolled back to, stays; so does everything while no manager
 * can be asked. Whatever prevents a removal is no failure: the next build tries again.
 *
 * @returns the releases, those without image marked
 */
export async function removeOldReleases(
  places: ReleasePlaces,
  releases: readonly ImageRelease[],
): Promise<readonly ImageRelease[]> {
  if (removableReleases(releases, () => false).length === 0) return releases;
  const used = places.push ? await imagesInUse(places.managers ?? []) : [];
  if (used === undefined) return releases;
  const old = removableReleases(
    releases,
    ({ digest }) => digest !== "" && used.some((image) => image.endsWith(`@${digest}`)),
  );
  const removed: ImageRelease[] = [];
  for (const release of old) {
    if (await removeRelease(places, release)) removed.push(release);
  }
  return withoutImages(releases, removed);
}

async function removeRelease(places: ReleasePlaces, release: ImageRelease): Promise<boolean> {
  const { host, repository, push, registryAuth } = places;
  const gone = await removeTag(host, `${repository}:${release.tag}`);
  return push ? await removeManifest(host, repository, release.digest, registryAuth) : gone;
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

/** References of the images that the Swarm's services name; undefined when no manager tells. */
async function imagesInUse(managers: readonly HostAccess[]): Promise<string[] | undefined> {
  if (managers.length === 0) return undefined;
  try {
    const services = (await withAnyManager(managers, (docker) => docker.listServices(), {
      deadlineSeconds: LOOK_SECONDS,
    })) as readonly NamedService[];
    return services.flatMap(({ Spec, PreviousSpec }) =>
      [Spec, PreviousSpec].flatMap((spec) => spec?.TaskTemplate?.ContainerSpec?.Image ?? []),
    );
  } catch {
    return undefined;
  }
}

/** The part of a service that is read. */
interface NamedService {
  readonly Spec?: TaskSpec;
  readonly PreviousSpec?: TaskSpec;
}

interface TaskSpec {
  readonly TaskTemplate?: { readonly ContainerSpec?: { readonly Image?: string } };
}
