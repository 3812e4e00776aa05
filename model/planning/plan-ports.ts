import type { Port, ShortPort } from "../inventory";
import { parseShortPort } from "../schema/published-port";
import type { PortPlan, ServicePlan } from "../service-plan";
import { autoPorts, stableNumber } from "../values/stable-number";
import { compareText } from "../values/text-order";

/**
 * The published ports of a service in the order of their numbers.
 *
 * @param service its name, from which automatic ports follow
 */
export function planPorts(
  service: string,
  ports: readonly (ShortPort | Port)[],
  { mode, endpointMode }: Pick<ServicePlan, "mode" | "endpointMode">,
): readonly PortPlan[] {
  const usualMode = mode.kind === "global" || endpointMode === "dnsrr" ? "host" : "ingress";
  return ports
    .map((port) => planPort(service, port, usualMode))
    .sort(
      (left, right) =>
        [
          left.published - right.published,
          compareText(left.protocol, right.protocol),
          left.target - right.target,
          compareText(left.mode, right.mode),
        ].find((order) => order !== 0) ?? 0,
    );
}

function planPort(service: string, port: ShortPort | Port, usualMode: PortPlan["mode"]): PortPlan {
  if (typeof port === "string") {
    const parsed = parseShortPort(port);
    if (parsed === undefined) throw new RangeError(`${port} is not a published port`);
    return { ...parsed, mode: usualMode };
  }
  const protocol = port.protocol ?? "tcp";
  return {
    target: port.target,
    published:
      port.published === "auto"
        ? stableNumber(`${service}:${port.target}/${protocol}`, autoPorts)
        : (port.published ?? port.target),
    protocol,
    mode: port.mode ?? usualMode,
  };
}
