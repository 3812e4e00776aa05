import { clusterHosts, type Fleet } from "../../fleet/fleet";
import type { Plan } from "../../model/plan";
import { externalObjects } from "../external-object";
import { type JoinedNetwork, ServiceNetwork } from "../service-network";
import type { PhaseComponent } from "./phase";
import type { SiteHosts } from "./setup-hosts";

/**
 * The phase build-networks: the Swarm's networks, by their names in the site; external ones are
 * looked up.
 */
export function buildNetworks(
  parent: PhaseComponent,
  plan: Plan,
  fleet: Fleet,
  { swarm }: SiteHosts,
): ReadonlyMap<string, JoinedNetwork> {
  const opts = { parent, dependsOn: [swarm.membership] };
  const own = plan.overlays.map((overlay): [string, JoinedNetwork] => [
    overlay.name,
    new ServiceNetwork(
      `network-${overlay.name}`,
      { plan, overlay, managers: clusterHosts(fleet) },
      opts,
    ),
  ]);
  const others = [...externalObjects(plan, "network", fleet, opts)].map(
    ([name, { objectId }]): [string, JoinedNetwork] => [name, { networkId: objectId }],
  );
  return new Map([...own, ...others]);
}
