/**
 * Two rules for what comes from containers of this host: their interfaces are bridges with the
 * engine's own names.
 *
 * @param verdict what follows the match, e.g. `accept`
 */
export function fromContainerBridges(verdict: string): string {
  return `    iifname { "docker0", "docker_gwbridge" } ${verdict}\n    iifname "br-*" ${verdict}`;
}

/** What a host takes from its network so that it has an address and can be reached at all. */
export const hostProtocols = `
    icmp type { echo-request, destination-unreachable, time-exceeded, parameter-problem } accept
    icmpv6 type { echo-request, destination-unreachable, packet-too-big, time-exceeded, parameter-problem, nd-router-advert, nd-neighbor-solicit, nd-neighbor-advert } accept
    udp sport 67 udp dport 68 accept comment "DHCP lease"
    ip6 saddr fe80::/10 udp dport 546 accept comment "DHCPv6 lease"
`.slice(1, -1);

/** One port, or several of them, as a rule matches it. */
export function portList(ports: readonly number[]): string {
  const unique = [...new Set(ports)].sort((left, right) => left - right);
  return unique.length === 1 ? String(unique[0]) : `{ ${unique.join(", ")} }`;
}
