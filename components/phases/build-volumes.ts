import { clusterHosts, type Fleet } from "../../fleet/fleet";
import type { Plan } from "../../model/plan";
import { SiteVolume } from "../site-volume";
import type { PhaseComponent } from "./phase";
import type { SiteHosts } from "./setup-hosts";

/** The phase build-volumes: volumes on the cluster hosts, by their names in the site. */
export function buildVolumes(
  parent: PhaseComponent,
  plan: Plan,
  fleet: Fleet,
  { swarm }: SiteHosts,
): ReadonlyMap<string, SiteVolume> {
  return new Map(
    plan.volumes.map((volume) => [
      volume.name,
      new SiteVolume(
        `volume-${volume.name}`,
        { plan, volume, hosts: clusterHosts(fleet) },
        { parent, dependsOn: [swarm.membership] },
      ),
    ]),
  );
}
