import type Dockerode from "dockerode";
import {
  digestOf,
  isByDigest,
  isImageId,
  repositoryOf,
  resolvedReference,
} from "../../model/image/reference";
import type { HostFailure, HostOutcome } from "../../model/image/host-outcomes";
import { pullRemedy } from "../../model/image/pull-remedy";
import { onEveryHost, hostFailure } from "../every-host";
import { copyImage } from "../base-image/client";
import { authConfig, type RegistryAuth } from "../registry/registry-auth";
import { steadyProgress } from "../progress/steady-progress";
import { engineStatus, withEngine } from "../transport/engine";
import { isTransportError } from "../transport/errors";
import type { HostAccess } from "../transport/host-access";
import { pullImage } from "./pull-image";

const PULL_SECONDS = 600;
const LOOK_SECONDS = 20;

/**
 * Pulls the image onto all hosts, some at a time, and reports progress; never throws for a host.
 */
export async function pullOnHosts(
  hosts: readonly HostAccess[],
  reference: string,
  auth: RegistryAuth | undefined,
): Promise<HostOutcome[]> {
  const name = isImageId(reference) ? reference.slice(7, 19) : repositoryOf(reference);
  const progress = steadyProgress(`image ${name.replace(/^.*\//, "")}`);
  let done = 0;
  try {
    return await onEveryHost(hosts, async (host) => {
      const peers = hosts.filter(({ name }) => name !== host.name);
      const outcome = await bringImage(host, peers, reference, auth, () =>
        progress.say(`pulling, on ${done} of ${hosts.length} hosts`),
      );
      if (outcome.kind === "present") done++;
      return outcome;
    });
  } finally {
    progress.end();
  }
}

/**
 * @param peers - hosts that may have an image that is in no registry.
 * @param onPull - called when the host does not have the image yet.
 */
async function bringImage(
  host: HostAccess,
  peers: readonly HostAccess[],
  reference: string,
  auth: RegistryAuth | undefined,
  onPull: () => void,
): Promise<HostOutcome> {
  try {
    await withEngine(
      host,
      async (docker, signal) => {
        if (await hasImage(docker, reference)) return;
        onPull();
        await (isImageId(reference)
          ? copyFromAny(peers, docker, reference, signal)
          : pullImage(docker, reference, authConfig(reference, auth), signal));
        if (!(await hasImage(docker, reference)))
          throw new Error("the image is missing after the pull");
      },
      { deadlineSeconds: PULL_SECONDS },
    );
    return { host: host.name, kind: "present" };
  } catch (error) {
    return describeFailure(host, error, auth);
  }
}

/**
 * Copies an image that is in no registry from the first host that has it.
 *
 * @throws Error with the remedy, when no host that answers has it.
 */
async function copyFromAny(
  peers: readonly HostAccess[],
  target: Dockerode,
  id: string,
  signal: AbortSignal,
): Promise<void> {
  for (const peer of peers) {
    const isCopied = await withEngine(
      peer,
      async (source, inner) => {
        if (!(await hasImage(source, id))) return false;
        const { RepoTags } = await source.getImage(id).inspect();
        // By its name, which is copied too: an image without a name would be removed as garbage.
        await copyImage(source, target, RepoTags?.[0] ?? id, inner);
        return true;
      },
      { deadlineSeconds: PULL_SECONDS, dialSeconds: 5, signal },
    ).catch((error: unknown) => {
      if (isTransportError(error, "unreachable", "lost", "engine")) return false;
      throw error;
    });
    if (isCopied) return;
  }
  throw new Error(
    `the image ${id} is in no registry, and no other host that answers has it: bring the repository server back, then run again`,
  );
}

/**
 * Whether a reference is the image with an id, according to the first host that answers; false if
 * none does.
 */
export async function isSameImage(
  hosts: readonly HostAccess[],
  reference: string,
  id: string,
): Promise<boolean> {
  for (const host of hosts) {
    try {
      return await withEngine(
        host,
        async (docker) => (await docker.getImage(reference).inspect()).Id === id,
        { deadlineSeconds: LOOK_SECONDS, dialSeconds: 5 },
      );
    } catch {
      // The next one may know.
    }
  }
  return false;
}

/**
 * Resolves a reference by tag: the first host that answers pulls it and reports the digest.
 *
 * @returns `<repository>@sha256:…`
 * @throws Error with the remedy, when no host answers, or when the one that answers cannot pull it.
 */
export async function resolveTag(
  hosts: readonly HostAccess[],
  reference: string,
  auth: RegistryAuth | undefined,
): Promise<string> {
  const away: string[] = [];
  for (const host of hosts) {
    const found = await withEngine(
      host,
      async (docker, signal) => {
        await pullImage(docker, reference, authConfig(reference, auth), signal);
        const image = await docker.getImage(reference).inspect();
        const resolved = resolvedReference(reference, image.RepoDigests ?? []);
        if (resolved !== undefined) return resolved;
        throw new Error(
          `${host.name} pulled ${reference}, but does not know its digest. Name the image by its digest.`,
        );
      },
      { deadlineSeconds: PULL_SECONDS },
    ).catch((error: unknown) => describeFailure(host, error, auth));
    if (typeof found === "string") return found;
    if (found.kind === "failed") {
      // Without the error as its cause: that one may contain the password.
      const message = `${host.name} cannot resolve ${reference}: ${found.reason}`;
      throw new Error(withRemedy(message, pullRemedy(reference, found.reason)));
    }
    away.push(`  ${host.name}: ${found.reason}`);
  }
  throw new Error(
    `No host can resolve ${reference}:\n${away.join("\n")}\nBring one back, then run again.`,
  );
}

/** Names of the hosts that answer and do not have the image. */
export async function hostsWithout(
  hosts: readonly HostAccess[],
  reference: string,
): Promise<string[]> {
  const lacking = await onEveryHost(hosts, (host) =>
    withEngine(host, async (docker) => ((await hasImage(docker, reference)) ? [] : [host.name]), {
      deadlineSeconds: LOOK_SECONDS,
    }).catch((error: unknown): string[] => {
      if (isTransportError(error)) return [];
      throw error;
    }),
  );
  return lacking.flat();
}

/**
 * Removes images from the hosts where no container uses them. Errors are ignored: the next run
 * tries again.
 *
 * @returns the images that no host has any more
 */
export async function removeUnused(
  hosts: readonly HostAccess[],
  references: readonly string[],
): Promise<string[]> {
  if (references.length === 0) return [];
  const left = await onEveryHost(hosts, (host) =>
    withEngine(
      host,
      async (docker) => {
        const refused: string[] = [];
        for (const reference of references)
          if (!(await isRemoved(docker, reference))) refused.push(reference);
        return refused;
      },
      { deadlineSeconds: LOOK_SECONDS, dialSeconds: 5 },
    ).catch(() => references),
  );
  return references.filter((reference) => left.every((refused) => !refused.includes(reference)));
}

/** Removes an image. @returns whether it is gone */
async function isRemoved(docker: Dockerode, reference: string): Promise<boolean> {
  try {
    await removeImage(docker, reference);
    return true;
  } catch (error) {
    if (isTransportError(error)) throw error;
    return engineStatus(error) === 404;
  }
}

/**
 * Removes an image by its digest, and the tags of the same image in the same repository, which are
 * left from resolving a tag. The Docker Engine refuses while a container uses the image.
 */
async function removeImage(docker: Dockerode, reference: string): Promise<void> {
  if (isImageId(reference)) {
    // The image has a digest by now, under which it is kept or removed.
    const { RepoDigests } = await docker.getImage(reference).inspect();
    if ((RepoDigests ?? []).length > 0) return;
  }
  if (isByDigest(reference)) {
    const image = await docker.getImage(reference).inspect();
    const repository = shortOf(image.RepoDigests ?? [], digestOf(reference));
    const tags = (image.RepoTags ?? []).filter((tag) => repositoryOf(tag) === repository);
    for (const tag of tags) await docker.getImage(tag).remove();
  }
  await docker.getImage(reference).remove();
}

/** The repository in the Docker Engine's notation. */
function shortOf(repoDigests: readonly string[], digest: string): string {
  return repositoryOf(repoDigests.find((candidate) => candidate.endsWith(digest)) ?? "");
}

async function hasImage(docker: Dockerode, reference: string): Promise<boolean> {
  try {
    await docker.getImage(reference).inspect();
    return true;
  } catch (error) {
    if (engineStatus(error) === 404) return false;
    throw error;
  }
}

function describeFailure(
  host: HostAccess,
  error: unknown,
  auth: RegistryAuth | undefined,
): HostFailure {
  const outcome = hostFailure(host, error);
  const password = auth?.password ?? "";
  return outcome.kind !== "failed" || password === ""
    ? outcome
    : { ...outcome, reason: outcome.reason.replaceAll(password, "[secret]") };
}

/** A message and, on a line of its own, what to do. */
export function withRemedy(message: string, remedy = ""): string {
  return `${message}\n${remedy}`.trim();
}
