import { endpointUrl, type Endpoint } from "../../model/network/endpoint-url";
import { portReach } from "../../model/network/port-reach";
import type { PortPlan, ServicePlan } from "../../model/plan";
import type { ConstrainedHost } from "../../model/service/placement-constraints";
import type { StateResource } from "../pulumi/state";
import { dynamicType, readUrn } from "../pulumi/urn";

/** A server in a stack's outputs. */
interface ServerOutput {
  readonly name: string;
  readonly role: "cluster" | "repository";
  readonly zone?: string;
  readonly publicAddress: string;
}

/** A service in a stack's outputs. */
interface ServiceEntry {
  readonly endpoints?: readonly string[];
  readonly movingEndpoints?: readonly string[];
  readonly routes?: readonly string[];
}

/** An address of a published port of a service. */
export interface DeployedAddress {
  /** As in the outputs; its address is the one that this computer uses. */
  readonly url: string;
  /** Full name of the server. */
  readonly host: string;
  readonly port: PortPlan;
  /** Whether it answers only while the server runs a task, which may move. */
  readonly moves: boolean;
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
  // Outputs of a run that stopped before the services say nothing of them.
  if (raw["services"] === undefined) return raw;
  const written = raw["services"] as Readonly<Record<string, ServiceEntry>>;
  const addresses = deployedAddresses(raw, resources);
  const services = deployedServices(resources).map(({ name, image }) => {
    const own = addresses[name] ?? [];
    const urls = (moving: boolean): readonly string[] =>
      own.filter(({ moves }) => moves === moving).map(({ url }) => url);
    const digest = image.split("@")[1] ?? "";
    // The gate is set up before services, so what the outputs say of routes holds.
    const routes = written[name]?.routes;
    const service = { image, digest, endpoints: urls(false), movingEndpoints: urls(true) };
    return [name, { ...service, ...(routes === undefined ? {} : { routes }) }] as const;
  });
  return { ...raw, services: Object.fromEntries(services) };
}

/**
 * The addresses of the services that the state has, by service; in the order of ports and servers.
 * Parameters as of {@link withDeployedServices}.
 */
export function deployedAddresses(
  raw: Readonly<Record<string, unknown>>,
  resources: readonly StateResource[],
): Readonly<Record<string, readonly DeployedAddress[]>> {
  const { services = {}, hosts = [] } = raw as {
    readonly services?: Readonly<Record<string, ServiceEntry>>;
    readonly hosts?: readonly ServerOutput[];
  };
  const servers = hosts.map((host) => ({ ...host, ...constrained(host, resources) }));
  return Object.fromEntries(
    deployedServices(resources).map(({ name, ports, mode, placement }) => {
      const { endpoints = [], movingEndpoints = [] } = services[name] ?? {};
      const written = [...endpoints, ...movingEndpoints];
      const addresses = ports.flatMap((port) => {
        const { hosts: reached, moves } = portReach({ mode, placement }, port, servers);
        return reached.map((host): DeployedAddress => {
          const url = urlOf(port, endpointOf(host, port, resources), written);
          return { url, host: host.name, port, moves };
        });
      });
      return [name, addresses];
    }),
  );
}

/**
 * The URL of a port. The Swarm does not know what a port speaks, so neither does the state; the
 * outputs of the last complete run do.
 */
function urlOf(port: PortPlan, endpoint: Endpoint, written: readonly string[]): string {
  const web = (["http", "https"] as const).map((speaks) =>
    endpointUrl({ ...port, speaks }, endpoint),
  );
  return web.find((url) => written.includes(url)) ?? endpointUrl(port, endpoint);
}

/** A service as the state has it. */
type DeployedService = Pick<ServicePlan, "name" | "ports" | "mode" | "placement"> & {
  /** Reference by digest. */
  readonly image: string;
};

function deployedServices(resources: readonly StateResource[]): readonly DeployedService[] {
  return resources
    .filter(({ urn, id, replaced }) => isService(urn) && id !== "" && replaced !== true)
    .flatMap(({ outputs }) => {
      const { name, image, ports, mode, placement } = outputs as Partial<DeployedService>;
      if (name === undefined || image === undefined || ports === undefined) return [];
      if (mode === undefined || placement === undefined) return [];
      return [{ name, image, ports, mode, placement }];
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function isService(urn: string): boolean {
  return readUrn(urn).type === dynamicType("SwarmService");
}

/** What decides which services a server may run: its labels are those of its node in the Swarm. */
function constrained(
  { name, role, zone }: ServerOutput,
  resources: readonly StateResource[],
): ConstrainedHost {
  const swarm = resources.find(({ urn }) => readUrn(urn).type === dynamicType("SwarmCluster"));
  const members = (swarm?.outputs["members"] ?? []) as readonly {
    readonly access: { readonly name: string };
    readonly labels?: Readonly<Record<string, string>>;
  }[];
  const labels = members.find(({ access }) => access.name === name)?.labels ?? {};
  return { name, role, zone: zone ?? "", labels };
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
