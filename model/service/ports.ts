import { z } from "zod";
import { portForm } from "../foreign/port-forms";
import type { Port, PortProtocol, ShortPort } from "../inventory";
import { parseShortPort } from "../schema/published-port";
import { portNumber } from "../schema/values";
import { autoPorts, stableNumber } from "../values/stable-number";
import { compareText } from "../values/text-order";
import type { SwarmConcept } from "./concept";
import type { EnginePort } from "../engine-api/service-spec";
import { mode, type ModePlan } from "./mode";

/** How a service is reached: its published ports, and the addresses of its name. */

/** A published port. */
export interface PortPlan {
  /** Port inside the container. */
  readonly target: number;
  /** Port on the host. */
  readonly published: number;
  readonly protocol: "tcp" | "udp" | "sctp";
  /**
   * What is spoken on a TCP port, for the port's addresses; the Swarm does not know it. Absent if
   * the site does not say.
   */
  readonly speaks?: "http" | "https";
  /**
   * `host`: on each host that runs a task, client address kept. `ingress`: Swarm's routing mesh.
   */
  readonly mode: "host" | "ingress";
}

/** Ports in the plan. */
export interface PortsPlan {
  readonly ports: readonly PortPlan[];
  readonly endpointMode: "vip" | "dnsrr";
}

const shortPort = z.custom<ShortPort>(
  (value) => typeof value === "string" && parseShortPort(value) !== undefined,
  {
    message: "is not a published port",
    params: {
      remedy:
        'write a port from 1 to 65535, e.g. "80", "80:8080" (server:container), "53:53/udp" or "8080/http", or the long form with target and published',
    },
  },
);

const longPort = z.strictObject({
  target: portNumber,
  published: z.union([portNumber, z.literal("auto")]).optional(),
  protocol: z.enum(["tcp", "udp", "sctp", "http", "https"]).optional(),
  mode: z.enum(["host", "ingress"]).optional(),
} satisfies Record<keyof Port, z.ZodType>);

const schema = {
  ports: z.array(z.union([shortPort, longPort]).meta({ foreignForm: portForm })).optional(),
  endpointMode: z.enum(["vip", "dnsrr"]).optional(),
};

/** The concept; see `concepts.ts`. */
export const ports: SwarmConcept<typeof schema, PortsPlan> = {
  schema,
  plan: (service, context) => {
    const endpointMode = service.endpointMode ?? "vip";
    const around = { ...mode.plan(service, context), endpointMode };
    return { ports: planPorts(context.name, service.ports ?? [], around), endpointMode };
  },
  fields: { ports: "tasks", endpointMode: "tasks" },
  normalize: (spec) => ({
    ports: sortPorts(spec.ports).map(portOfSwarm),
    endpointMode: spec.endpointMode,
  }),
  toEngine: (spec) => ({
    service: { EndpointSpec: { Mode: spec.endpointMode, Ports: spec.ports.map(toEnginePort) } },
  }),
  fromEngine: ({ EndpointSpec: endpoint }) => ({
    ports: (endpoint?.Ports ?? []).map((port) => ({
      target: port.TargetPort,
      published: port.PublishedPort ?? 0,
      protocol: port.Protocol ?? "tcp",
      mode: port.PublishMode ?? "ingress",
    })),
    endpointMode: endpoint?.Mode ?? "vip",
  }),
};

/**
 * The published ports of a service in the order of their numbers.
 *
 * @param service its name, which decides automatic ports
 */
export function planPorts(
  service: string,
  published: readonly (ShortPort | Port)[],
  around: ModePlan & Pick<PortsPlan, "endpointMode">,
): readonly PortPlan[] {
  const usualMode =
    around.mode.kind === "global" || around.endpointMode === "dnsrr" ? "host" : "ingress";
  return sortPorts(published.map((port) => planPort(service, port, usualMode)));
}

function planPort(service: string, port: ShortPort | Port, usualMode: PortPlan["mode"]): PortPlan {
  if (typeof port === "string") {
    const parsed = parseShortPort(port);
    if (parsed === undefined) throw new RangeError(`${port} is not a published port`);
    const { target, published, protocol } = parsed;
    return { target, published, ...transportOf(protocol), mode: usualMode };
  }
  const transport = transportOf(port.protocol ?? "tcp");
  return {
    target: port.target,
    published:
      port.published === "auto"
        ? stableNumber(`${service}:${port.target}/${transport.protocol}`, autoPorts)
        : (port.published ?? port.target),
    ...transport,
    mode: port.mode ?? usualMode,
  };
}

function transportOf(protocol: PortProtocol): Pick<PortPlan, "protocol" | "speaks"> {
  return protocol === "http" || protocol === "https"
    ? { protocol: "tcp", speaks: protocol }
    : { protocol };
}

/** A port as the Swarm has it: what is spoken there is no part of a service. */
export function portOfSwarm({ target, published, protocol, mode }: PortPlan): PortPlan {
  return { target, published, protocol, mode };
}

/** Ports by published port, then protocol, then target: Docker Engine returns them in any order. */
function sortPorts(given: readonly PortPlan[]): readonly PortPlan[] {
  return [...given].sort(
    (a, b) =>
      [
        a.published - b.published,
        compareText(a.protocol, b.protocol),
        a.target - b.target,
        compareText(a.mode, b.mode),
      ].find((order) => order !== 0) ?? 0,
  );
}

/** A port of an observed spec. */
export function toEnginePort(port: PortPlan): EnginePort {
  return {
    Protocol: port.protocol,
    TargetPort: port.target,
    PublishedPort: port.published,
    PublishMode: port.mode,
  };
}
