import { createHash } from "node:crypto";

import { cidrFault, contains, overlaps, parseAddress, parseCidr } from "./addresses";
import { siteLabel } from "./service-spec/labels";
import { nameLabel } from "./swarm-labels";
import { sortedRecord } from "./text-order";

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

/** The part of a network in the Engine API that is read. */
export interface EngineNetwork {
  readonly Id: string;
  readonly Name: string;
  /** `swarm` for those of the whole Swarm. */
  readonly Scope: string;
  readonly Driver: string;
  readonly Options?: Readonly<Record<string, string>> | null;
  readonly Labels?: Readonly<Record<string, string>> | null;
  readonly IPAM?: {
    readonly Config?: readonly { readonly Subnet?: string; readonly Gateway?: string }[] | null;
  } | null;
  readonly Attachable?: boolean;
  readonly Internal?: boolean;
  /** An object in what a host has itself, `null` in what the Swarm holds; see {@link isHeldBySwarm}. */
  readonly Containers?: object | null;
}

/** Longest name that leaves room for the suffix: a Swarm takes 63 characters (swarmkit, `validateAnnotations`). */
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
      reason: `'${name}' is no network name: letters, digits, - and _ between them, up to ${longestName} characters`,
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
    faults.push({ field: "gateway", reason: `'${gateway}' is no address of ${subnet}` });
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
 * The settings of a network that the Swarm holds. What the Swarm chose itself because nothing was asked for (range, gateway)
 * is left out, so that it is no difference.
 *
 * @param wanted - decides what was asked for.
 */
export function networkSettings(seen: EngineNetwork, wanted: NetworkSettings): NetworkSettings {
  const { Subnet, Gateway } = seen.IPAM?.Config?.[0] ?? {};
  return {
    driver: seen.Driver,
    driverOptions: sortedRecord(
      Object.fromEntries(
        Object.entries(seen.Options ?? {}).filter(
          ([option]) => option in wanted.driverOptions || !engineOptions.includes(option),
        ),
      ),
    ),
    ...(wanted.subnet === undefined || Subnet === undefined ? {} : { subnet: Subnet }),
    ...(wanted.gateway === undefined || Gateway === undefined ? {} : { gateway: Gateway }),
    attachable: seen.Attachable ?? false,
    internal: seen.Internal ?? false,
  };
}

/**
 * Whether a listed network is one that the Swarm holds. A host keeps a copy of its own while tasks on it use the network, and
 * for some time after the Swarm has removed it; it lists that copy under the same id once the Swarm has none (Engine
 * 20.10, `getNetworksList`). Only what comes from the Swarm has no list of containers.
 */
export function isHeldBySwarm({ Scope, Containers }: EngineNetwork): boolean {
  return Scope === "swarm" && (Containers === null || Containers === undefined);
}

/** Whether a network was made for this name of this site. */
export function isOwnNetwork(seen: EngineNetwork, spec: NetworkSpec): boolean {
  return seen.Labels?.[siteLabel] === spec.site && seen.Labels[nameLabel] === spec.name;
}

/**
 * The name for a network of which an older one still holds the plain name: with 8 hex digits of its settings, so that
 * the same settings are found under the same name again.
 */
export function successorName(spec: NetworkSpec): string {
  const { driver, driverOptions, subnet, gateway, attachable, internal } = spec;
  const settings = JSON.stringify([
    driver,
    Object.entries(sortedRecord(driverOptions)),
    subnet ?? "",
    gateway ?? "",
    attachable,
    internal,
  ]);
  return `${spec.name}-${createHash("sha256").update(settings).digest("hex").slice(0, 8)}`;
}

/** A network of the Swarm whose range meets the wanted one; undefined if there is none, or no range is wanted. */
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

function isInside(address: string, subnet: string): boolean {
  const number = parseAddress(address);
  return number !== undefined && contains(parseCidr(subnet), number);
}
