/**
 * Two rules for packets from containers of this host: their interfaces are bridges with Docker's
 * own names.
 *
 * @param verdict the rule's verdict, e.g. `accept`
 */
export function fromContainerBridges(verdict: string): string {
  return `    iifname { "docker0", "docker_gwbridge" } ${verdict}\n    iifname "br-*" ${verdict}`;
}

/** Protocols that a host needs to get an address and to be reachable at all. */
export const hostProtocols = `
    icmp type { echo-request, destination-unreachable, time-exceeded, parameter-problem } accept
    icmpv6 type { echo-request, destination-unreachable, packet-too-big, time-exceeded, parameter-problem, nd-router-advert, nd-neighbor-solicit, nd-neighbor-advert } accept
    udp sport 67 udp dport 68 accept comment "DHCP lease"
    ip6 saddr fe80::/10 udp dport 546 accept comment "DHCPv6 lease"
`.slice(1, -1);

/** One or several ports, in the syntax of a rule. */
export function portList(ports: readonly number[]): string {
  const unique = [...new Set(ports)].sort((left, right) => left - right);
  return unique.length === 1 ? String(unique[0]) : `{ ${unique.join(", ")} }`;
}
