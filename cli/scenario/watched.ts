import type { Plan } from "../../model/plan";
import { boundServices } from "../../rehearsal/scenario/bound";
import type { Watched } from "../../rehearsal/scenario/sample";
import type { StageOutputs } from "../hosts/outputs";
import { shortName } from "../swarm/facts";

/**
 * What a scenario watches of a stage that is up: all servers, and all services or those that it
 * names. Pure.
 *
 * @param only - names of services. Absent: all
 */
export function watchedOf(
  { services }: Pick<StageOutputs, "services">,
  plan: Pick<Plan, "hosts" | "services" | "volumes">,
  only?: readonly string[],
): Watched {
  const bound = boundServices(plan, shortName);
  return {
    servers: plan.hosts.map(({ name, logicalName, zone, privateAddress }) => ({
      ...{ name: shortName(name), logicalName, zone, privateAddress },
    })),
    services: Object.entries(services)
      .filter(([name]) => only?.includes(name) ?? true)
      .map(([name, { routes = [], endpoints, movingEndpoints }]) => {
        const own = bound.get(name);
        return {
          name,
          addresses: [...routes, ...endpoints].filter(canBeAsked),
          moving: movingEndpoints.filter(canBeAsked),
          ...(own === undefined ? {} : { bound: own }),
        };
      })
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

/** UDP and SCTP give no answer of their own. */
function canBeAsked(url: string): boolean {
  return /^(https?|tcp):/.test(url);
}
