import Docker from "dockerode";
import { FleetError, MissingDockerError } from "../fleet-error";
import type { DockerObject } from "./objects";

/** How long the Docker Engine may take for one answer, milliseconds. */
const deadline = 10_000;
/** How long it may take to stop and remove a server, milliseconds. */
const removalDeadline = 60_000;

/**
 * All containers, networks, volumes and images of this computer's Docker Engine (`DOCKER_HOST`,
 * else its socket).
 *
 * @throws MissingDockerError when no Docker Engine answers
 */
export async function listObjects(): Promise<readonly DockerObject[]> {
  const docker = new Docker({ timeout: deadline });
  try {
    const [containers, networks, { Volumes: volumes }, images] = await Promise.all([
      docker.listContainers({ all: true }),
      docker.listNetworks(),
      docker.listVolumes(),
      docker.listImages(),
    ]);
    return [
      ...containers.map(containerObject),
      ...networks.map((network) => ({
        kind: "network" as const,
        id: network.Id,
        name: network.Name,
        labels: network.Labels ?? {},
      })),
      ...volumes.map((volume) => ({
        kind: "volume" as const,
        id: volume.Name,
        name: volume.Name,
        labels: volume.Labels ?? {},
      })),
      ...images.map((image) => ({
        kind: "image" as const,
        id: image.Id,
        name: image.RepoTags?.[0] ?? image.Id.slice(7, 19),
        labels: image.Labels ?? {},
      })),
    ];
  } catch (cause) {
    throw new MissingDockerError(cause);
  }
}

/** A container of this computer's Docker Engine. */
export interface ContainerObject extends DockerObject {
  /** The engine's word: `running`, `paused`, `exited` … */
  readonly state: string;
  /** Id of its image. */
  readonly imageId: string;
}

/** All containers. @throws MissingDockerError when no Docker Engine answers */
export async function listContainers(): Promise<readonly ContainerObject[]> {
  try {
    const containers = await new Docker({ timeout: deadline }).listContainers({ all: true });
    return containers.map((container) => ({
      ...containerObject(container),
      state: container.State,
      imageId: container.ImageID,
    }));
  } catch (cause) {
    throw new MissingDockerError(cause);
  }
}

/**
 * When images were built, ISO 8601, the oldest first. Images that are gone are left out. @throws
 * MissingDockerError when no Docker Engine answers
 */
export async function buildTimes(imageIds: readonly string[]): Promise<readonly string[]> {
  const docker = new Docker({ timeout: deadline });
  const asked = [...new Set(imageIds)].map(async (id) => {
    try {
      return [(await docker.getImage(id).inspect()).Created];
    } catch (cause) {
      if ((cause as { statusCode?: number }).statusCode === 404) return [];
      throw new MissingDockerError(cause);
    }
  });
  return (await Promise.all(asked)).flat().sort();
}

function containerObject(container: Docker.ContainerInfo): DockerObject {
  return {
    kind: "container",
    id: container.Id,
    name: container.Names[0]?.replace(/^\//, "") ?? container.Id.slice(0, 12),
    labels: container.Labels,
  };
}

/**
 * Removes objects, containers first. Objects that are already gone count as removed.
 *
 * @throws FleetError that names the objects that could not be removed
 */
export async function removeObjects(objects: readonly DockerObject[]): Promise<void> {
  const docker = new Docker({ timeout: removalDeadline });
  const failed: string[] = [];
  for (const kind of ["container", "network", "volume", "image"] as const) {
    await Promise.all(
      objects
        .filter((object) => object.kind === kind)
        .map(async ({ id, name }) => {
          try {
            await removeObject(docker, kind, id);
          } catch (error) {
            if ((error as { statusCode?: number }).statusCode !== 404)
              failed.push(`  ${kind} ${name}: ${reasonOf(error)}`);
          }
        }),
    );
  }
  if (failed.length > 0) {
    throw new FleetError(
      [
        "These objects could not be removed from the Docker Engine of this computer:",
        ...failed,
      ].join("\n"),
    );
  }
}

/** How long a server may take to shut down before it is killed, seconds: as at its replacement. */
const shutdownSeconds = 45;

/**
 * Stops containers, which then stay off until somebody starts them. A paused one is resumed first:
 * it could not shut down.
 *
 * @throws FleetError that names the ones that could not be stopped
 */
export async function stopContainers(containers: readonly ContainerObject[]): Promise<void> {
  const docker = new Docker({ timeout: removalDeadline });
  const failed: string[] = [];
  await Promise.all(
    containers.map(async ({ id, name, state }) => {
      try {
        if (state === "paused") await docker.getContainer(id).unpause();
        await docker.getContainer(id).stop({ t: shutdownSeconds });
      } catch (error) {
        const { statusCode } = error as { statusCode?: number };
        // It was off already, or is gone.
        if (statusCode !== 304 && statusCode !== 404) failed.push(`  ${name}: ${reasonOf(error)}`);
      }
    }),
  );
  if (failed.length > 0)
    throw new FleetError(["These servers could not be stopped:", ...failed].join("\n"));
}

async function removeObject(docker: Docker, kind: DockerObject["kind"], id: string): Promise<void> {
  switch (kind) {
    case "container":
      // With its anonymous volumes; a server that still runs is killed.
      await docker.getContainer(id).remove({ force: true, v: true });
      return;
    case "network":
      await docker.getNetwork(id).remove();
      return;
    case "volume":
      await docker.getVolume(id).remove();
      return;
    case "image":
      await docker.getImage(id).remove();
      return;
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
