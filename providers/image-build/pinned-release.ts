import { digestOf, repositoryOf } from "../../model/image/reference";
import { type ImageRelease, recordPinned } from "../../model/image/releases";
import { withEngine } from "../transport/engine";
import { registryDigest } from "./client";
import type { ImageBuildInputs } from "./image-build-state";
import { removeOldReleases } from "./old-releases";

const LOOK_SECONDS = 20;

/**
 * Whether a pinned image comes from the repository that the stage itself pushes to: a release of
 * the stage, or a promoted one.
 */
export function isOwn({ push, repository }: ImageBuildInputs, pullFrom: string): boolean {
  return push && repositoryOf(pullFrom) === repository;
}

/**
 * The releases after a stage's pin was changed. A promoted image becomes one of them; old ones are
 * removed as after a build.
 *
 * @throws Error with the remedy, when the registry answers that it does not have the image: a
 *   service that rolled it out could not start again on a host that lost the image. A registry that
 *   does not answer is not an error here: the hosts may have the image.
 */
export async function releasesWithPin(
  inputs: ImageBuildInputs,
  releases: readonly ImageRelease[],
  pullFrom: string,
): Promise<readonly ImageRelease[]> {
  if (!isOwn(inputs, pullFrom)) return releases;
  if (await isMissing(inputs, pullFrom)) throw missingPin(inputs, releases, pullFrom);
  const digest = digestOf(pullFrom);
  const recorded = recordPinned(releases, { digest, reference: pullFrom });
  return await removeOldReleases(inputs, recorded, digest);
}

/** Whether the registry answers that it does not have the image. */
async function isMissing(
  { host, registryAuth }: ImageBuildInputs,
  pullFrom: string,
): Promise<boolean> {
  try {
    return await withEngine(
      host,
      async (docker) => (await registryDigest(docker, pullFrom, registryAuth)) === undefined,
      { deadlineSeconds: LOOK_SECONDS, dialSeconds: 5 },
    );
  } catch {
    return false;
  }
}

function missingPin(
  { repository }: ImageBuildInputs,
  releases: readonly ImageRelease[],
  pullFrom: string,
): Error {
  const image = repository.slice(repository.indexOf("/") + 1);
  const kept = releases.filter((release) => release.kept && release.reference !== pullFrom);
  const list = kept.map(({ digest }) => digest.slice("sha256:".length, "sha256:".length + 12));
  return new Error(
    [
      `${image} is pinned to ${digestOf(pullFrom)}, which the registry ${repository.split("/")[0]} does not have: it was never promoted to this stage, or was removed as an old release.`,
      `Promote it with 'npx hive promote ${image}', or end the pin with 'npx hive unpin ${image}'${list.length === 0 ? "" : `, or pin a release that is kept: ${list.join(", ")}`}.`,
      "Nothing that runs was changed.",
    ].join("\n"),
  );
}
