import type Dockerode from "dockerode";

import type { EngineImage } from "../../model/engine-api/container";
import type { ServiceSpec } from "../../model/service/spec";
import { engineStatus } from "../transport/engine";
import { isTransportError } from "../transport/errors";
import type { HostAccess } from "../transport/host-access";
import { withAnyManager } from "../transport/manager";

/**
 * How long a new service is monitored after its tasks run, seconds. A task with a health check
 * counts as running only after a successful check; a task without one as soon as its program was
 * started, which says little. A job has ended by then. When the health check is unknown, the
 * service is monitored.
 */
export async function watchSeconds(
  managers: readonly HostAccess[],
  spec: ServiceSpec,
): Promise<number> {
  const { healthcheck, image, mode, update } = spec;
  if (mode.kind === "job" || update.monitorSeconds === 0) return 0;
  const checked =
    healthcheck === undefined
      ? await withAnyManager(managers, (docker) => imageHasHealthCheck(docker, image), {
          repeatable: true,
        }).catch((error: unknown) => {
          if (isTransportError(error)) return false;
          throw error;
        })
      : healthcheck.command.length > 0;
  return checked ? 0 : update.monitorSeconds;
}

/** Whether an image has a health check; false if this manager does not have the image. */
async function imageHasHealthCheck(docker: Dockerode, image: string): Promise<boolean> {
  try {
    const { Config } = (await docker.getImage(image).inspect()) as EngineImage;
    const [kind = "NONE"] = Config?.Healthcheck?.Test ?? [];
    return kind !== "NONE";
  } catch (error) {
    if (engineStatus(error) === 404) return false;
    throw error;
  }
}
