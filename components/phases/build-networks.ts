import { clusterHosts, type Fleet } from "../../fleet/fleet";
import type { Plan } from "../../model/plan";
import { ServiceNetwork } from "../service-network";
import type { PhaseComponent } from "./phase";
import type { SiteHosts } from "./setup-hosts";

/** The phase build-networks: the Swarm's networks, by their names in the site. */
export function buildNetworks(
  parent: PhaseComponent,
  plan: Plan,
  fleet: Fleet,
  { swarm }: SiteHosts,
): ReadonlyMap<string, ServiceNetwork> {
  return new Map(
    plan.overlays.map((overlay) => [
      overlay.name,
      new ServiceNetwork(
        `network-${overlay.name}`,
        { plan, overlay, managers: clusterHosts(fleet) },
        { parent, dependsOn: [swarm.membership] },
      ),
    ]),
  );
}
