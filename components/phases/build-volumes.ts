import { clusterHosts, type Fleet } from "../../fleet/fleet";
import type { Plan } from "../../model/plan";
import type { ExternalObject } from "../../providers/external-object/resource";
import { externalObjects } from "../external-object";
import { SiteVolume } from "../site-volume";
import type { PhaseComponent } from "./phase";
import type { SiteHosts } from "./setup-hosts";

/** Volumes of a site, by their names in it. */
export interface Volumes {
  readonly own: ReadonlyMap<string, SiteVolume>;
  /** The external ones, as they were found. */
  readonly external: ReadonlyMap<string, ExternalObject>;
}

/** The phase build-volumes: volumes on the cluster hosts, by their names in the site. */
export function buildVolumes(
  parent: PhaseComponent,
  plan: Plan,
  fleet: Fleet,
  { swarm }: SiteHosts,
): Volumes {
  const opts = { parent, dependsOn: [swarm.membership] };
  const own = plan.volumes.map((volume): [string, SiteVolume] => [
    volume.name,
    new SiteVolume(`volume-${volume.name}`, { plan, volume, hosts: clusterHosts(fleet) }, opts),
  ]);
  return { own: new Map(own), external: externalObjects(plan, "volume", fleet, opts) };
}
