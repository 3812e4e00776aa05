import * as pulumi from "@pulumi/pulumi";
import { clusterHosts, type Fleet } from "../fleet/fleet";
import { routeUrl } from "../model/network/route-url";
import { endpointUrl } from "../model/network/endpoint-url";
import { portReach } from "../model/network/port-reach";
import type { Plan, ServicePlan } from "../model/plan";
import type { HostStep } from "../providers/host-step/resource";
import type { ServiceOutput } from "../outputs/schema";
import { outputsVersion } from "../outputs/version";
import type { StackOutputs } from "./outputs";
import type { Images } from "./phases/build-images";
import type { SiteHosts } from "./phases/setup-hosts";
import type { SiteVolume } from "./site-volume";
import type { SwarmService } from "./swarm-service";

/** Results of a run's phases; undefined for a phase that it did not reach. */
export interface BuiltPhases {
  readonly fleet: Fleet;
  readonly siteHosts: SiteHosts | undefined;
  readonly images: Images | undefined;
  readonly volumes: ReadonlyMap<string, SiteVolume> | undefined;
  readonly services: ReadonlyMap<string, SwarmService> | undefined;
}

/** The stack's outputs. */
export function stackOutputs(plan: Plan, built: BuiltPhases): StackOutputs {
  const { fleet, siteHosts, images, services } = built;
  const missing = missingOnHosts(built);
  const running = plan.services.flatMap((service) => {
    const component = services?.get(service.name);
    return component === undefined ? [] : [[service, component] as const];
  });
  return {
    outputsVersion: pulumi.output(outputsVersion),
    stage: pulumi.output(plan.stage),
    site: pulumi.output(plan.siteName),
    phases: pulumi.output(plan.phases),
    hosts: pulumi.output(
      fleet.hosts.map((host) => ({
        name: host.plan.name,
        role: host.plan.role,
        zone: host.plan.zone,
        privateAddress: host.plan.privateAddress,
        publicAddress: host.publicAddress,
        missing: missing.apply((all) =>
          all.filter(({ hosts }) => hosts.includes(host.plan.name)).map(({ what }) => what),
        ),
      })),
    ),
    services: withImage(running.map(([service, { image }]) => [service, image])).apply((all) =>
      pulumi.output(
        Object.fromEntries(
          all.map(([service, image]) => [
            service.name,
            describeService(plan, fleet, service, image),
          ]),
        ),
      ),
    ),
    images: withImage(
      [...(images?.built ?? [])].map(([name, { reference, releases }]) => [
        { name, releases },
        reference,
      ]),
    ).apply((all) =>
      pulumi.output(
        Object.fromEntries(
          all.map(([{ name, releases }, reference]) => [name, { reference, releases }]),
        ),
      ),
    ),
    registry: pulumi.output(
      siteHosts === undefined
        ? {}
        : {
            address: plan.registry.address,
            certificateEnd: siteHosts.repositoryServer.registry.certificateEnd,
          },
    ),
    operators: fleet.operators,
    access: pulumi.output(fleet.hosts.map((host) => host.access)),
  };
}

/** Something that hosts should have, and the hosts that did not answer. */
interface Missing {
  readonly what: string;
  readonly hosts: readonly string[];
}

/**
 * Work that is still to be done on hosts that did not answer. In a run with targets, only the
 * targeted resources report it.
 */
function missingOnHosts({
  siteHosts,
  images,
  volumes,
}: BuiltPhases): pulumi.Output<readonly Missing[]> {
  const steps = [...(siteHosts?.setups ?? [])].flatMap(([host, setup]) =>
    [...setup.steps].map(([what, step]) => missingStep(host, what, step)),
  );
  const registry = siteHosts?.repositoryServer.registry;
  const repository =
    registry === undefined
      ? []
      : [missingStep(registry.host.plan.name, "registry", registry.running)];
  const spread = [
    ...[...(images?.built ?? [])].map(([name, { onHosts }]) => ({
      what: `image ${name}`,
      onHosts,
    })),
    ...[...(images?.references ?? [])].map(([name, { onHosts }]) => ({
      what: `image ${name}`,
      onHosts,
    })),
    ...[...(volumes ?? [])].map(([name, { onHosts }]) => ({ what: `volume ${name}`, onHosts })),
  ].map(({ what, onHosts }) => onHosts.missing.apply((hosts = []) => ({ what, hosts })));
  return pulumi.all([...steps, ...repository, ...spread]).apply((all) => all.filter(Boolean));
}

function missingStep(host: string, what: string, step: HostStep): pulumi.Output<Missing> {
  return step.missing.apply((missing) => ({ what, hosts: missing ? [host] : [] }));
}

/**
 * The services whose image is known. In a run with targets, a service that was not created yet has
 * none: Pulumi calls `apply` without a value.
 */
function withImage<T>(
  all: readonly (readonly [T, pulumi.Output<string | undefined>])[],
): pulumi.Output<(readonly [T, string])[]> {
  const images = pulumi.all(all.map(([, image]) => image));
  return images.apply((known) =>
    all.flatMap(([one], index) => {
      const image = known[index];
      return image === undefined ? [] : [[one, image] as const];
    }),
  );
}

function describeService(
  plan: Plan,
  fleet: Fleet,
  service: ServicePlan,
  image: string,
): { readonly [K in keyof ServiceOutput]: pulumi.Input<ServiceOutput[K]> } {
  const reached = service.ports.map((port) => ({ port, ...portReach(service, port, plan.hosts) }));
  const urls = (ofMoving: boolean): pulumi.Output<readonly string[]> =>
    pulumi.all(
      reached
        .filter(({ moves }) => moves === ofMoving)
        .flatMap(({ port, hosts: names }) =>
          clusterHosts(fleet)
            .filter((host) => names.some(({ name }) => name === host.plan.name))
            .map((host) =>
              host
                .endpointOf(port.published, port.protocol)
                .apply((endpoint) => endpointUrl(port, endpoint)),
            ),
        ),
    );
  const routes = routeUrls(plan, fleet, service);
  return {
    image,
    digest: image.split("@")[1] ?? "",
    endpoints: urls(false),
    movingEndpoints: urls(true),
    ...(routes === undefined ? {} : { routes }),
  };
}

/** The URLs of a service's routes at each cluster host; undefined when it has none. */
function routeUrls(
  { gate }: Plan,
  fleet: Fleet,
  { routes }: ServicePlan,
): pulumi.Output<string[]> | undefined {
  if (gate === undefined || routes === undefined) return undefined;
  const scheme = gate.secure ? "https" : "http";
  return pulumi.all(
    routes.flatMap((route) =>
      clusterHosts(fleet).map((host) =>
        host
          .endpointOf(gate.ports[scheme], "tcp")
          .apply((endpoint) => routeUrl(route, scheme, endpoint)),
      ),
    ),
  );
}
