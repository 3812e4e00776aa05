import { createHash } from "node:crypto";

import {
  cidrFault,
  contains,
  gatewayAddress,
  overlaps,
  parseAddress,
  parseCidr,
} from "./addresses";
import type { EngineNetwork } from "../engine-api/network";
import { siteLabel } from "../swarm/labels";
import { nameLabel } from "../swarm/owner";
import { sortedRecord } from "../values/text-order";

/** A wanted network of the Swarm. */
export interface NetworkSpec {
  readonly site: string;
  /** Name in the Swarm. */
  readonly name: string;
  readonly driver: string;
  readonly driverOptions: Readonly<Record<string, string>>;
  /** Absent: the Swarm chooses. */
  readonly subnet?: string;
  readonly gateway?: string;
  readonly attachable: boolean;
  readonly internal: boolean;
}

/** The settings that make two networks equal: everything except owner and name. */
export type NetworkSettings = Omit<NetworkSpec, "site" | "name">;

/**
 * Longest name that leaves room for the suffix: a Swarm accepts 63 characters (swarmkit,
 * `validateAnnotations`).
 */
const longestName = 63 - 9;

/** Options that the Docker Engine adds when a network has its VXLAN number. */
const engineOptions = ["com.docker.network.driver.overlay.vxlanid_list"];

/** The problems of a network, each with its field; empty if there are none. */
export function networkFaults(spec: NetworkSpec): { field: keyof NetworkSpec; reason: string }[] {
  const faults: { field: keyof NetworkSpec; reason: string }[] = [];
  const { name, subnet, gateway } = spec;
  // The engine's own rule (swarmkit, isValidDNSName).
  if (!/^[a-zA-Z0-9](?:[-_]*[A-Za-z0-9]+)*$/.test(name) || name.length > longestName) {
    faults.push({
      field: "name",
      reason: `'${name}' is not a valid network name: letters, digits, - and _ between them, up to ${longestName} characters`,
    });
  }
  const fault = subnet === undefined ? undefined : cidrFault(subnet);
  if (fault !== undefined) {
    faults.push({ field: "subnet", reason: `'${subnet}' ${fault.message}; ${fault.remedy}` });
  }
  if (gateway !== undefined && subnet === undefined) {
    faults.push({
      field: "gateway",
      reason: `'${gateway}' has no subnet; add its subnet, or remove it`,
    });
  } else if (gateway !== undefined && fault === undefined && !isInside(gateway, subnet ?? "")) {
    faults.push({ field: "gateway", reason: `'${gateway}' is not an address of ${subnet}` });
  }
  return faults;
}

/** The body of `POST /networks/create`. */
export function toEngineNetwork(spec: NetworkSpec, name: string): object {
  const { subnet, gateway } = spec;
  return {
    Name: name,
    Driver: spec.driver,
    // An overlay always belongs to the Swarm; for every other driver it has to be requested.
    ...(spec.driver === "overlay" ? {} : { Scope: "swarm" }),
    Attachable: spec.attachable,
    Internal: spec.internal,
    Options: spec.driverOptions,
    Labels: { [siteLabel]: spec.site, [nameLabel]: spec.name },
    ...(subnet === undefined
      ? {}
      : {
          IPAM: {
            Driver: "default",
            Config: [{ Subnet: subnet, ...(gateway === undefined ? {} : { Gateway: gateway }) }],
          },
        }),
  };
}

/**
 * Default range from which a Swarm takes the ranges of its networks (moby, `DefaultAddrPool`).
 */
const enginePool = ["10.0.0.0/8"];

/**
 * The settings of an existing network of the Swarm. Where nothing is requested, the Swarm's own
 * choice is omitted, so that it is not a difference: a range from its pool, and the first address
 * of a range as its gateway. A range or gateway that somebody requested stays a difference when it
 * is no longer wanted.
 *
 * @param wanted - decides what is requested.
 * @param pool - address pools of this Swarm; default: the Docker Engine's own.
 */
export function networkSettings(
  seen: EngineNetwork,
  wanted: NetworkSettings,
  pool: readonly string[] = enginePool,
): NetworkSettings {
  const { Subnet, Gateway } = seen.IPAM?.Config?.[0] ?? {};
  const chosen = Subnet === undefined || pool.some((range) => isWithin(Subnet, range));
  const first = Subnet === undefined || Gateway === firstAddress(Subnet);
  return {
    driver: seen.Driver,
    driverOptions: sortedRecord(
      Object.fromEntries(
        Object.entries(seen.Options ?? {}).filter(
          ([option]) => option in wanted.driverOptions || !engineOptions.includes(option),
        ),
      ),
    ),
    ...(Subnet === undefined || (wanted.subnet === undefined && chosen) ? {} : { subnet: Subnet }),
    ...(Gateway === undefined || (wanted.gateway === undefined && first)
      ? {}
      : { gateway: Gateway }),
    attachable: seen.Attachable ?? false,
    internal: seen.Internal ?? false,
  };
}

/**
 * Whether a network of the Swarm has exactly the wanted settings. @param pool -
 * as for {@link networkSettings}
 */
export function hasSettings(
  seen: EngineNetwork,
  wanted: NetworkSettings,
  pool?: readonly string[],
): boolean {
  return settingsText(networkSettings(seen, wanted, pool)) === settingsText(wanted);
}

function settingsText(settings: NetworkSettings): string {
  const { driver, driverOptions, subnet, gateway, attachable, internal } = settings;
  return JSON.stringify([
    driver,
    Object.entries(sortedRecord(driverOptions)),
    subnet ?? "",
    gateway ?? "",
    attachable,
    internal,
  ]);
}

/**
 * Whether a listed network belongs to the Swarm itself. A host keeps a copy of its own while tasks
 * on it use the network, and for some time after the Swarm has removed it. When the Swarm no longer
 * has the network, the host lists that copy under the same id (Docker Engine 20.10,
 * `getNetworksList`). Only entries from the Swarm have no list of containers.
 */
export function isHeldBySwarm({ Scope, Containers }: EngineNetwork): boolean {
  return Scope === "swarm" && (Containers === null || Containers === undefined);
}

/** Whether a network was created for this name of this site. */
export function isOwnNetwork(seen: EngineNetwork, spec: NetworkSpec): boolean {
  return seen.Labels?.[siteLabel] === spec.site && seen.Labels[nameLabel] === spec.name;
}

/**
 * The name of a network while an older one still has the plain name: with 8 hex digits of its
 * settings, so that the same settings get the same name again.
 */
export function successorName(spec: NetworkSpec): string {
  return `${spec.name}-${createHash("sha256").update(settingsText(spec)).digest("hex").slice(0, 8)}`;
}

/**
 * A network of the Swarm whose range overlaps the wanted one; undefined if there is none, or no
 * range is wanted.
 */
export function overlappingNetwork(
  spec: NetworkSpec,
  networks: readonly EngineNetwork[],
): EngineNetwork | undefined {
  const { subnet } = spec;
  if (subnet === undefined) return undefined;
  return networks.find(({ IPAM }) =>
    (IPAM?.Config ?? []).some(
      ({ Subnet = "" }) =>
        cidrFault(Subnet) === undefined && overlaps(parseCidr(Subnet), parseCidr(subnet)),
    ),
  );
}

/** Whether a range lies in another one; false for invalid ranges. */
function isWithin(inner: string, outer: string): boolean {
  if (cidrFault(inner) !== undefined || cidrFault(outer) !== undefined) return false;
  const range = parseCidr(inner);
  return range.prefix >= parseCidr(outer).prefix && overlaps(range, parseCidr(outer));
}

/** The gateway that a Swarm chooses for a range without one. */
function firstAddress(subnet: string): string | undefined {
  return cidrFault(subnet) === undefined ? gatewayAddress(parseCidr(subnet)) : undefined;
}

function isInside(address: string, subnet: string): boolean {
  const number = parseAddress(address);
  return number !== undefined && contains(parseCidr(subnet), number);
}
