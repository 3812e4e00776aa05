import type { HostAccess } from "./transport/host-access";
import { withAnyManager } from "./transport/manager";

/** How long the Swarm may take to answer, seconds. */
const LOOK_SECONDS = 20;

/**
 * References of the images that the Swarm's services name, now or in the spec that they would be
 * rolled back to.
 *
 * @returns undefined when no manager answers: then no image counts as unused. Never throws.
 */
export async function imagesInUse(managers: readonly HostAccess[]): Promise<string[] | undefined> {
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
