import { gateName, type GatePlan } from "../gate";
import type { ServicePlan } from "../plan";

/**
 * Ways around the gate to services that let it say who asks (routes with `login: true`): whoever
 * reaches such a service without the gate can send it any name. One sentence for each service and
 * way, in the order of the services.
 *
 * @param gate absent: no service has routes
 */
export function loginNotices(
  services: readonly ServicePlan[],
  gate: GatePlan | undefined,
): readonly string[] {
  const login = gate?.login;
  if (login === undefined) return [];
  return services
    .filter(({ routes = [] }) => routes.some((route) => route.login))
    .flatMap((service) => [
      ...neighbourNotices(service, services, login),
      ...publishedNotices(service),
    ]);
}

/** Services on a network of the service; the gate and the login service are there for it. */
function neighbourNotices(
  { name, networks }: ServicePlan,
  services: readonly ServicePlan[],
  login: string,
): readonly string[] {
  const own = networks.map(({ network }) => network);
  const neighbours = services.flatMap((other) => {
    if ([name, gateName, login].includes(other.name)) return [];
    const shared = other.networks.map(({ network }) => network).filter((one) => own.includes(one));
    return shared.length === 0 ? [] : [{ name: other.name, shared }];
  });
  if (neighbours.length === 0) return [];
  const shared = own.filter((one) => neighbours.some((other) => other.shared.includes(one)));
  const share = neighbours.length === 1 ? "it shares" : "they share";
  return [
    `The service ${name} lets the gate say who asks (login: true), but ` +
      `${listed(neighbours.map((neighbour) => neighbour.name))} can send it any name: ${share} the ` +
      `${shared.length === 1 ? "network" : "networks"} ${listed(shared)} with it. ` +
      `Give ${name} a network on which only the gate reaches it.`,
  ];
}

/** Ports of the servers that lead to the port of such a route. */
function publishedNotices({ name, routes = [], ports }: ServicePlan): readonly string[] {
  const guarded = new Set(routes.filter((route) => route.login).map(({ port }) => port));
  const open = ports.filter(({ target, protocol }) => protocol === "tcp" && guarded.has(target));
  if (open.length === 0) return [];
  const published = listed(open.map((port) => String(port.published)));
  return [
    `The service ${name} lets the gate say who asks (login: true), but ` +
      `${open.length === 1 ? `port ${published} of the servers leads` : `the ports ${published} of the servers lead`} ` +
      "around the gate: who asks there needs no login, and can send any name. " +
      `Remove ${open.length === 1 ? "it" : "them"} from ports.`,
  ];
}

function listed(words: readonly string[]): string {
  return words.length < 2
    ? words.join("")
    : `${words.slice(0, -1).join(", ")} and ${words.at(-1) ?? ""}`;
}
