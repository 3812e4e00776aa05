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

/** A network of the Swarm as it is wanted. */
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

/** What makes two networks the same: all but whose they are and what they are called. */
export type NetworkSettings = Omit<NetworkSpec, "site" | "name">;

/**
 * Longest name that leaves room for the suffix: a Swarm takes 63 characters (swarmkit,
 * `validateAnnotations`).
 */
const longestName = 63 - 9;

/** Options that the engine writes itself once a network has its VXLAN number. */
const engineOptions = ["com.docker.network.driver.overlay.vxlanid_list"];

/** What is wrong with a network, each with the field; empty if nothing is. */
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
      reason: `'${gateway}' is given without a subnet; give the subnet that it is in, or leave it out`,
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
    // An overlay is the Swarm's by its nature; of every other driver it has to be said.
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
 * Range from which a Swarm takes its networks' own when it was told none (moby, `DefaultAddrPool`).
 */
const enginePool = ["10.0.0.0/8"];

/**
 * The settings of a network that the Swarm holds. What the Swarm chose itself is left out where
 * nothing is asked for, so that it is no difference: a range from its pool, and the first address
 * of a range as its gateway. A range or gateway that somebody asked for stays a difference when it
 * is wanted no more.
 *
 * @param wanted - decides what is asked for.
 * @param pool - ranges from which this Swarm takes those of its networks; default: the engine's
 *   own.
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
 * Whether a network of the Swarm has all the wanted settings, and none beside them. @param pool -
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
 * Whether a listed network is one that the Swarm holds. A host keeps a copy of its own while tasks
 * on it use the network, and for some time after the Swarm has removed it; it lists that copy under
 * the same id once the Swarm has none (Engine 20.10, `getNetworksList`). Only what comes from the
 * Swarm has no list of containers.
 */
export function isHeldBySwarm({ Scope, Containers }: EngineNetwork): boolean {
  return Scope === "swarm" && (Containers === null || Containers === undefined);
}

/** Whether a network was made for this name of this site. */
export function isOwnNetwork(seen: EngineNetwork, spec: NetworkSpec): boolean {
  return seen.Labels?.[siteLabel] === spec.site && seen.Labels[nameLabel] === spec.name;
}

/**
 * The name for a network of which an older one still holds the plain name: with 8 hex digits of its
 * settings, so that the same settings are found under the same name again.
 */
export function successorName(spec: NetworkSpec): string {
  return `${spec.name}-${createHash("sha256").update(settingsText(spec)).digest("hex").slice(0, 8)}`;
}

/**
 * A network of the Swarm whose range meets the wanted one; undefined if there is none, or no range
 * is wanted.
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

/** Whether a range lies in another one; false for what is no range. */
function isWithin(inner: string, outer: string): boolean {
  if (cidrFault(inner) !== undefined || cidrFault(outer) !== undefined) return false;
  const range = parseCidr(inner);
  return range.prefix >= parseCidr(outer).prefix && overlaps(range, parseCidr(outer));
}

/** What a Swarm takes as the gateway of a range when none is named. */
function firstAddress(subnet: string): string | undefined {
  return cidrFault(subnet) === undefined ? gatewayAddress(parseCidr(subnet)) : undefined;
}

function isInside(address: string, subnet: string): boolean {
  const number = parseAddress(address);
  return number !== undefined && contains(parseCidr(subnet), number);
}
