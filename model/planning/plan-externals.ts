import type { Config, Network, Secret, Volume } from "../inventory";
import type { ExternalPlan, HostPlan, ServicePlan } from "../plan";
import { leaderOf } from "../service/colocation";
import { eligibleHosts } from "../service/placement-constraints";
import type { UsedNames } from "./used-names";

/** A part of a site that may be external. */
type Declared = Network | Volume | Secret | Config;

/**
 * The real name of an external object; undefined for the site's own objects.
 */
export function externalName(name: string, declared: Declared): string | undefined {
  if (!("external" in declared) || declared.external === undefined) return undefined;
  return declared.external === true ? name : declared.external;
}

/** The declarations of a site that are its own. */
export function ownOf<T extends Declared>(declared: ReadonlyMap<string, T>): [string, T][] {
  return [...declared].filter(([name, each]) => externalName(name, each) === undefined);
}

/**
 * The external objects that services of a stage use: networks, volumes, secrets and configs, each
 * by name.
 */
export function planExternals(
  site: {
    readonly networks: ReadonlyMap<string, Network>;
    readonly volumes: ReadonlyMap<string, Volume>;
    readonly secrets: ReadonlyMap<string, Secret>;
    readonly configs: ReadonlyMap<string, Config>;
  },
  used: UsedNames,
  services: readonly ServicePlan[],
  hosts: readonly HostPlan[],
): readonly ExternalPlan[] {
  const of = (
    kind: ExternalPlan["kind"],
    declared: ReadonlyMap<string, Declared>,
    names: ReadonlySet<string>,
  ): readonly ExternalPlan[] =>
    [...declared].flatMap(([name, each]) => {
      const outside = externalName(name, each);
      if (outside === undefined || !names.has(name)) return [];
      const where = kind === "volume" ? { hosts: hostsOf(name, services, hosts) } : {};
      return [{ kind, name, externalName: outside, ...where }];
    });
  return [
    ...of("network", site.networks, used.networks),
    ...of("volume", site.volumes, used.volumes),
    ...of("secret", site.secrets, used.secrets),
    ...of("config", site.configs, used.configs),
  ];
}

/**
 * Names of the servers that may run a service which mounts a volume. A service that follows another
 * one runs on the same server.
 */
function hostsOf(
  volume: string,
  services: readonly ServicePlan[],
  hosts: readonly HostPlan[],
): readonly string[] {
  const users = services.filter(({ mounts }) =>
    mounts.some((mount) => mount.kind === "volume" && mount.volume === volume),
  );
  const eligible = users.flatMap(({ placement }) => {
    const leader = leaderOf(placement.constraints);
    const deciding = services.find(({ name }) => name === leader)?.placement ?? placement;
    return eligibleHosts(deciding.constraints, hosts).map(({ name }) => name);
  });
  return hosts.map(({ name }) => name).filter((name) => eligible.includes(name));
}
