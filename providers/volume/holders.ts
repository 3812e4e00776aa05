import type Dockerode from "dockerode";

import type { VolumeHolder } from "../../model/volume/settings";
import { engineStatus } from "../transport/engine";

/** Labels that the Swarm puts on the containers of its tasks. */
const taskLabels = {
  service: "com.docker.swarm.service.id",
  name: "com.docker.swarm.service.name",
} as const;

/**
 * Removes ended containers that prevent the removal of a volume: those of tasks whose service is
 * gone, or no longer mounts the volume. The Swarm keeps the last ones of each service for
 * `docker service ps`. Running containers, those outside of services, and those whose service still
 * mounts the volume stay.
 *
 * @param docker - a Docker Engine; it knows services only while it is a manager with quorum.
 */
export async function removeEndedTasks(docker: Dockerode, volume: string): Promise<void> {
  for (const { Id, State, Labels } of await containersWith(docker, volume)) {
    const service = Labels[taskLabels.service];
    if (service === undefined || !["exited", "dead", "created"].includes(State)) continue;
    if (await mayNeed(docker, service, volume)) continue;
    try {
      await docker.getContainer(Id).remove();
    } catch (error) {
      // Removed by the Swarm meanwhile, or being removed.
      if (engineStatus(error) !== 404 && engineStatus(error) !== 409) throw error;
    }
  }
}

/** The containers of a Docker Engine that use a volume. */
export async function volumeHolders(docker: Dockerode, volume: string): Promise<VolumeHolder[]> {
  return (await containersWith(docker, volume)).map(({ Id, Names, State, Labels }) => {
    const service = Labels[taskLabels.name];
    return {
      container: Names[0]?.replace(/^\//, "") ?? Id.slice(0, 12),
      state: State,
      ...(service === undefined ? {} : { service }),
    };
  });
}

async function containersWith(
  docker: Dockerode,
  volume: string,
): Promise<readonly Dockerode.ContainerInfo[]> {
  const filters = JSON.stringify({ volume: [volume] });
  return await docker.listContainers({ all: true, filters });
}

/** Whether a service mounts the volume; true if unknown. */
async function mayNeed(docker: Dockerode, id: string, volume: string): Promise<boolean> {
  try {
    const { Spec } = (await docker.getService(id).inspect()) as MountingService;
    const mounts = Spec.TaskTemplate.ContainerSpec?.Mounts ?? [];
    return mounts.some(({ Type, Source }) => Type === "volume" && Source === volume);
  } catch (error) {
    if (engineStatus(error) === undefined) throw error;
    return engineStatus(error) !== 404;
  }
}

/** The part of a service that is read. */
interface MountingService {
  readonly Spec: {
    readonly TaskTemplate: {
      readonly ContainerSpec?: {
        readonly Mounts?: readonly { readonly Type?: string; readonly Source?: string }[] | null;
      };
    };
  };
}
