/**
 * Arithmetic over IPv4 networks, and the rule that gives every server its address. Serialized into
 * dynamic providers: plain functions only.
 */

/** An IPv4 network; `network` is the unsigned 32-bit number of its first address. */
export interface Cidr {
  readonly network: number;
  /** Prefix length, 0..32. */
  readonly prefix: number;
}

/** The problem of a text that should be a CIDR. */
export interface CidrFault {
  readonly message: string;
  readonly remedy: string;
}

/**
 * Addresses at the beginning of the network that no server gets: the network's own, and three that
 * clouds and Docker reserve for gateway, DNS and later use (AWS reserves exactly these four in
 * every subnet: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html).
 */
export const reservedAddresses = 4;

/**
 * The number of an IPv4 address in dotted form (no leading zeros, four parts), or undefined for
 * other texts.
 */
export function parseAddress(text: string): number | undefined {
  const parts = text.split(".");
  if (parts.length !== 4) return undefined;
  let number = 0;
  for (const part of parts) {
    if (!/^(0|[1-9][0-9]{0,2})$/.test(part) || Number(part) > 255) return undefined;
    number = number * 256 + Number(part);
  }
  return number;
}

/** The dotted form of an address. */
export function formatAddress(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join(".");
}

/** The text of a network, `a.b.c.d/n`. */
export function formatCidr(cidr: Cidr): string {
  return `${formatAddress(cidr.network)}/${cidr.prefix}`;
}

/** The problem of a text as a network, or undefined for a valid one. */
export function cidrFault(text: string): CidrFault | undefined {
  const [addressText = "", prefixText = "", ...rest] = text.split("/");
  const address = parseAddress(addressText);
  if (address === undefined || rest.length > 0 || !/^(0|[1-9][0-9]?)$/.test(prefixText)) {
    return {
      message: "is not an IPv4 network in CIDR notation",
      remedy: "write an address, a slash and a prefix length, e.g. 172.29.16.0/24",
    };
  }
  const prefix = Number(prefixText);
  if (prefix > 32) {
    return {
      message: `has a prefix length of ${prefix}; an IPv4 address has 32 bits`,
      remedy: "write a prefix length of at most 32, e.g. /24",
    };
  }
  const network = firstAddress(address, prefix);
  if (network !== address) {
    return {
      message: `has host bits set: ${addressText} is an address inside a /${prefix} network, not its first one`,
      remedy: `write ${formatCidr({ network, prefix })}`,
    };
  }
  return undefined;
}

/**
 * Parses a network.
 *
 * @throws RangeError when {@link cidrFault} finds a fault
 */
export function parseCidr(text: string): Cidr {
  const fault = cidrFault(text);
  if (fault !== undefined) throw new RangeError(`${text} ${fault.message}; ${fault.remedy}`);
  const [address = "", prefix = ""] = text.split("/");
  return { network: parseAddress(address) ?? 0, prefix: Number(prefix) };
}

/** The number of addresses in the network. */
export function cidrSize(cidr: Cidr): number {
  return 2 ** (32 - cidr.prefix);
}

/** Whether two networks share an address. */
export function overlaps(left: Cidr, right: Cidr): boolean {
  const prefix = Math.min(left.prefix, right.prefix);
  return firstAddress(left.network, prefix) === firstAddress(right.network, prefix);
}

/** Whether the address lies in the network. */
export function contains(cidr: Cidr, address: number): boolean {
  return firstAddress(address, cidr.prefix) === cidr.network;
}

/**
 * How many servers the network has addresses for: all but the four reserved ones and the broadcast
 * address.
 */
export function hostCapacity(cidr: Cidr): number {
  return Math.max(0, cidrSize(cidr) - reservedAddresses - 1);
}

/** The longest prefix (the smallest network) with room for `hosts` servers. */
export function smallestPrefixFor(hosts: number): number {
  for (let prefix = 32; prefix > 0; prefix--) {
    if (hostCapacity({ network: 0, prefix }) >= hosts) return prefix;
  }
  return 0;
}

/** The first usable address, which is the network's gateway. */
export function gatewayAddress(cidr: Cidr): string {
  return formatAddress(cidr.network + 1);
}

/**
 * The fixed address of the server with this index: the network's first address + 4 + index. It
 * depends on nothing else, so a growing cluster does not change the address of any existing server.
 *
 * @throws RangeError when the network has no room for it
 */
export function hostAddress(cidr: Cidr, index: number): string {
  if (index < 0 || index >= hostCapacity(cidr)) {
    throw new RangeError(`${formatCidr(cidr)} has no address for the server with index ${index}`);
  }
  return formatAddress(cidr.network + reservedAddresses + index);
}

function firstAddress(address: number, prefix: number): number {
  const size = 2 ** (32 - prefix);
  return address - (address % size);
}
