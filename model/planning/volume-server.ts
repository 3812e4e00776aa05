import type { HostPlan, ServicePlan, VolumePlan } from "../plan";
import { decidingConstraints } from "../service/colocation";
import { eligibleHosts } from "../service/placement-constraints";

/**
 * The server with the data of a volume that is not replicated: its services are bound to this
 * server. Undefined if unknown.
 */
export function volumeServer(
  volume: string,
  services: readonly ServicePlan[],
  hosts: readonly HostPlan[],
): HostPlan | undefined {
  const user = services.find(({ mounts }) =>
    mounts.some((mount) => mount.kind === "volume" && mount.volume === volume),
  );
  if (user === undefined) return undefined;
  const eligible = eligibleHosts(decidingConstraints(user, services), hosts);
  return eligible.length === 1 ? eligible[0] : undefined;
}

/**
 * A volume that is not replicated, on its server's device for it. All Docker Engines get this
 * device; no task mounts the volume elsewhere, so they never look for it.
 */
export function onItsDevice(
  volume: VolumePlan,
  services: readonly ServicePlan[],
  hosts: readonly HostPlan[],
): VolumePlan {
  const { replication, name } = volume;
  if (replication?.backend !== "local") return volume;
  const device = volumeServer(name, services, hosts)?.devices?.[name];
  if (device === undefined) return volume;
  return { ...volume, driverOptions: { device, type: replication.filesystem } };
}
