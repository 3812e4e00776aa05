import type { HostPlan, ServicePlan } from "../plan";
import type { PlannedService } from "../rules/rule";
import { leaderOf } from "../service/colocation";
import { eligibleHosts, pinsToOneServer } from "../service/placement-constraints";
import { sortedUnique } from "../values/text-order";

/**
 * Binds services to the server that has their replicated volumes, on a stage where nothing
 * replicates them. A task that could move would find an empty volume on another server, and the
 * site would look as if its data was lost.
 *
 * The server is the first one, by index, that the service's own constraints allow: growing or
 * shrinking the cluster does not change it. A service that follows another one runs on the same
 * server, so the leader is bound.
 *
 * @param replicated names of the volumes that are replicated on other stages
 * @param hosts the stage's servers
 */
export function bindToServers(
  services: readonly PlannedService[],
  replicated: ReadonlySet<string>,
  hosts: readonly HostPlan[],
): readonly PlannedService[] {
  const cluster = hosts.filter(({ role }) => role === "cluster");
  const bound = new Set(
    services
      .filter(({ plan }) =>
        plan.mounts.some((mount) => mount.kind === "volume" && replicated.has(mount.volume)),
      )
      .map(({ plan }) => leaderOf(plan.placement.constraints) ?? plan.name),
  );
  return services.map((service) =>
    bound.has(service.name) ? { ...service, plan: bindToServer(service.plan, cluster) } : service,
  );
}

function bindToServer(plan: ServicePlan, cluster: readonly HostPlan[]): ServicePlan {
  const { placement } = plan;
  const [server] = eligibleHosts(placement.constraints, cluster);
  if (server === undefined || pinsToOneServer(placement.constraints, cluster)) return plan;
  return {
    ...plan,
    placement: {
      ...placement,
      constraints: sortedUnique([...placement.constraints, `node.hostname==${server.name}`]),
    },
  };
}
