import { endpointUrl, type Endpoint } from "../../model/network/endpoint-url";
import type { PortPlan } from "../../model/plan";
import type { StateResource } from "../pulumi/state";
import { dynamicType, readUrn } from "../pulumi/urn";

/** A server in a stack's outputs. */
interface ServerOutput {
  readonly name: string;
  readonly role: string;
  readonly publicAddress: string;
}

/**
 * A stack's outputs with its services as they are now. Pulumi writes outputs only at the end of a
 * run that succeeded; after a failed run the outputs of services are outdated, but the state has
 * what was changed, created and removed.
 *
 * @param raw as `pulumi stack output --json` gives them
 * @param resources of the stack's state
 */
export function withDeployedServices(
  raw: Readonly<Record<string, unknown>>,
  resources: readonly StateResource[],
): Readonly<Record<string, unknown>> {
  const { services, hosts = [] } = raw as {
    readonly services?: Readonly<Record<string, { readonly routes?: unknown }>>;
    readonly hosts?: readonly ServerOutput[];
  };
  // Outputs of a run that stopped before the services say nothing of them.
  if (services === undefined) return raw;
  const cluster = hosts.filter(({ role }) => role === "cluster");
  const deployed = resources
    .filter(({ urn, id, replaced }) => isService(urn) && id !== "" && replaced !== true)
    .flatMap(({ outputs }) => {
      const { name, image, ports } = outputs as Partial<DeployedService>;
      if (name === undefined || image === undefined || ports === undefined) return [];
      const endpoints = ports.flatMap((port) =>
        cluster.map((host) => endpointUrl(port, endpointOf(host, port, resources))),
      );
      // The gate is set up before services, so what the outputs say of routes holds.
      const routes = services[name]?.routes;
      const digest = image.split("@")[1] ?? "";
      return [
        [name, { image, digest, endpoints, ...(routes === undefined ? {} : { routes }) }] as const,
      ];
    });
  return { ...raw, services: Object.fromEntries(deployed.sort(([a], [b]) => (a < b ? -1 : 1))) };
}

function isService(urn: string): boolean {
  return readUrn(urn).type === dynamicType("SwarmService");
}

interface DeployedService {
  readonly name: string;
  readonly image: string;
  readonly ports: readonly PortPlan[];
}

/** A port of a container, as the state has it. */
interface ForwardedPort {
  readonly internal?: number;
  readonly external?: number;
  readonly ip?: string;
  readonly protocol?: string;
}

/**
 * Where a port of a server is reached: at the server, or at a port of this computer that is
 * forwarded to the server's container.
 */
function endpointOf(
  host: ServerOutput,
  { published, protocol }: PortPlan,
  resources: readonly StateResource[],
): Endpoint {
  const container = resources.find(
    ({ type, outputs }) =>
      type === "docker:index/container:Container" && outputs["name"] === host.name,
  );
  const ports = (container?.outputs["ports"] ?? []) as readonly ForwardedPort[];
  const forwarded = ports.find(
    (port) => port.internal === published && (port.protocol ?? "tcp") === protocol,
  );
  return forwarded?.external === undefined
    ? { address: host.publicAddress, port: published }
    : { address: forwarded.ip ?? "127.0.0.1", port: forwarded.external };
}
