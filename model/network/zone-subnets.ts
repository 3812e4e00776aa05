import { type Cidr, cidrSize, formatAddress, hostCapacity, reservedAddresses } from "./addresses";

/**
 * A network that is divided among zones, as clouds need it: a subnet lies in one zone. Each zone
 * has an equal part. The number of parts is a power of two, so a fourth zone beside three takes a
 * part that nobody has.
 */

/** Smallest and largest network that AWS takes, for a whole VPC and for a subnet. */
const longestPrefix = 28;
const shortestPrefix = 16;

/**
 * The subnet of each zone, in the order of the zones.
 *
 * @param zones number of zones, at least 1
 */
export function zoneSubnets(cidr: Cidr, zones: number): readonly Cidr[] {
  const prefix = cidr.prefix + partBits(zones);
  return Array.from({ length: zones }, (_, place) => ({
    network: cidr.network + place * 2 ** (32 - prefix),
    prefix,
  }));
}

/**
 * The fixed address of the server with this index, in the subnet of its zone: the subnet's first
 * address + 4 + index. Servers are assigned to zones in turn, as everywhere.
 *
 * @throws RangeError when the subnet has no room for it
 */
export function addressInZone(cidr: Cidr, zones: number, index: number): string {
  const subnet = zoneSubnets(cidr, zones)[index % zones];
  if (subnet === undefined || subnet.prefix > longestPrefix || index >= hostCapacity(subnet))
    throw new RangeError(`no subnet has an address for the server with index ${index}`);
  return formatAddress(subnet.network + reservedAddresses + index);
}

/**
 * The prefixes of networks that can be divided among this many zones, for servers with indices up
 * to `lastIndex`.
 */
export function dividablePrefixes(
  zones: number,
  lastIndex: number,
): { readonly shortest: number; readonly longest: number } {
  let longest = longestPrefix;
  while (cidrSize({ network: 0, prefix: longest }) - reservedAddresses - 1 <= lastIndex) longest--;
  return { shortest: shortestPrefix, longest: longest - partBits(zones) };
}

function partBits(zones: number): number {
  return Math.ceil(Math.log2(zones));
}
