import { isIPv6 } from "node:net";

import type { HostPlan, Plan, PortPlan } from "../model/plan";
import { renderConverge } from "./converge";
import {
  checkPassRedirected,
  closedRulesPath,
  firewallRulesPath,
  firewallUnit,
  firewallUnitPath,
  renderClosedFirewall,
  renderFirewallUnit,
} from "./firewall-unit";
import { fromContainerBridges, hostProtocols, portList } from "./firewall-parts";
import { keepUnit } from "./systemd-unit";

/** A port of a transport protocol. */
export interface FirewallPort {
  readonly port: number;
  readonly protocol: "tcp" | "udp" | "sctp";
}

/** A port that only some sources may use. */
export interface RestrictedPort extends FirewallPort {
  /** IPv4 networks or addresses. */
  readonly sources: readonly string[];
}

/** Access to a host. All ports that are not listed are closed. */
export interface FirewallRules {
  /** Ports of sshd. */
  readonly sshPorts: readonly number[];
  /** IPv4 networks that may use SSH. Empty: every source. */
  readonly managementSources: readonly string[];
  /**
   * Addresses of the Swarm's members; empty on a host that is not a member. Only they reach the
   * Swarm's own ports.
   */
  readonly swarmAddresses: readonly string[];
  /**
   * Addresses of all hosts of the site, private and public, IPv4 and IPv6; hosts reach every
   * published port of each other.
   */
  readonly siteAddresses: readonly string[];
  /** Those of them that publish the ports of services. */
  readonly publishingAddresses: readonly string[];
  /** Ports that services publish there. Containers reach no other ports of the site's hosts. */
  readonly publishedPorts: readonly FirewallPort[];
  /**
   * Addresses, IPv4 and IPv6, of a cloud's metadata service, which also hands out credentials. No
   * container reaches them.
   */
  readonly metadataAddresses: readonly string[];
  /**
   * IPv4 networks of the Swarm's overlays. They exist only where a task is on them: what leaves the
   * host for such an address by a route of its own has lost its way.
   */
  readonly overlaySubnets: readonly string[];
  /** Ports that are open to the world on this host. */
  readonly publicPorts: readonly FirewallPort[];
  /** Ports that only some networks may use. */
  readonly restrictedPorts: readonly RestrictedPort[];
}

/** Limit of the step, seconds. */
export const firewallStepSeconds = 300;

/** The protocols of published ports. */
const protocols: readonly FirewallPort["protocol"][] = ["tcp", "udp", "sctp"];

/** Addresses of EC2's metadata service; most clouds use the same IPv4 address. */
export const cloudMetadataAddresses: readonly string[] = ["169.254.169.254", "fd00:ec2::254"];

/** Addresses that the plan does not know. */
export interface FirewallAddresses {
  /**
   * Public addresses of hosts, IPv4 and IPv6, by the host's name. Default: none but the private
   * ones.
   */
  readonly publicAddresses?: Readonly<Record<string, readonly string[]>>;
  /** Default: {@link cloudMetadataAddresses}. */
  readonly metadataAddresses?: readonly string[];
}

/**
 * The rules of a host: on cluster hosts, the published ports of services are public; the registry
 * is for the stage's network.
 */
export function firewallRules(
  plan: Plan,
  host: HostPlan,
  { publicAddresses = {}, metadataAddresses = cloudMetadataAddresses }: FirewallAddresses = {},
): FirewallRules {
  const members = plan.hosts.filter((each) => each.role === "cluster");
  const isMember = host.role === "cluster";
  const addressesOf = (each: HostPlan): readonly string[] => [
    each.privateAddress,
    ...(each.otherAddresses ?? []),
    ...(publicAddresses[each.name] ?? []),
  ];
  const publishedPorts = plan.services.flatMap((service) => service.ports.map(firewallPort));
  return {
    // Both ports: if a router maps another port to sshd, the daemon itself uses the usual one.
    sshPorts: [plan.ssh.port, ...(host.sshPort === undefined ? [] : [host.sshPort])],
    managementSources: [],
    swarmAddresses: isMember ? members.map((each) => each.privateAddress) : [],
    siteAddresses: plan.hosts.flatMap(addressesOf),
    publishingAddresses: members.flatMap(addressesOf),
    publishedPorts,
    metadataAddresses,
    overlaySubnets: overlaySubnets(plan),
    publicPorts: isMember ? publishedPorts : [],
    restrictedPorts: isMember
      ? []
      : [{ port: plan.registry.port, protocol: "tcp", sources: [plan.network.cidr] }],
  };
}

/**
 * The pool, and what networks have outside of it. Networks of other drivers are those around the
 * servers, which containers may reach.
 */
function overlaySubnets({ network, overlays }: Plan): readonly string[] {
  const own = overlays.flatMap(({ driver, subnet }) =>
    driver !== "overlay" || subnet === undefined ? [] : [subnet],
  );
  return [network.overlayPool, ...own];
}

function firewallPort({ published, protocol }: PortPlan): FirewallPort {
  return { port: published, protocol };
}

/**
 * The ruleset, in a table of its own. Loading it replaces that table in one transaction and touches
 * no other table, such as Docker's.
 *
 * Two chains, because a published port of a container never reaches `input`: Docker's NAT turns it
 * into forwarded traffic (https://docs.docker.com/engine/network/packet-filtering-firewalls/).
 * There the dialled port is the port of the connection's original direction. Both chains run before
 * Docker's own filter chains; a packet must pass all of them.
 *
 * A container's packets are filtered on its own host, by their incoming interface: a source address
 * can be forged, and on the way to another host it becomes this host's own address. They are
 * filtered before established connections are accepted, so that a connection which the rules no
 * longer allow ends when they are loaded. Only answers are accepted before.
 */
export function renderFirewall(rules: FirewallRules): string {
  const restricted = rules.restrictedPorts.filter((each) => each.sources.length > 0);
  return `# Kept by hive: the access to this host.
# The empty declaration makes the deletion succeed at the first load; all of it is one transaction.
table inet hive
delete table inet hive
table inet hive {
${set("swarm", "ipv4_addr", rules.swarmAddresses)}
${addressSets("site", rules.siteAddresses)}
${addressSets("publishing", rules.publishingAddresses)}
${addressSets("metadata", rules.metadataAddresses)}
${set("overlays", "ipv4_addr; flags interval", rules.overlaySubnets)}
${set("management", "ipv4_addr; flags interval", rules.managementSources)}
${portSets("published", rules.publishedPorts)}
${portSets("public", rules.publicPorts)}

  chain input {
    type filter hook input priority filter - 10; policy drop;
    ct state invalid drop
    iifname "lo" accept
    # First, because the answer of a port that was dialled on 127.0.0.1 comes back from a bridge to that address.
    ct direction reply ct state established,related accept
    # Docker lets bridges route to loopback addresses; no packet from outside may use that.
    ip daddr 127.0.0.0/8 drop
${fromContainerBridges("goto from_containers")}
    ct state established,related accept
${hostProtocols}
    tcp dport ${portList(rules.sshPorts)} ${rules.managementSources.length === 0 ? "" : "ip saddr @management "}accept comment "SSH"
    ip saddr @swarm tcp dport { 2377, 7946 } accept comment "Swarm: managers, gossip"
    ip saddr @swarm udp dport { 4789, 7946 } accept comment "Swarm: service networks, gossip"
    ip saddr @swarm meta l4proto esp accept comment "Swarm: encrypted service networks"
${protocols.map((each) => `    ${each} dport @public_${each} accept`).join("\n")}
${restricted.map((each) => `    ${restrictedSources(each)} ${each.protocol} dport ${each.port} accept`).join("\n")}
    counter comment "dropped: to the host"
  }

  # On their host, containers reach ports that it redirects for them, such as name resolution, and ports that are open to the world.
  chain from_containers {
    ct status dnat accept
    ct state related meta l4proto { icmp, ipv6-icmp } accept
    icmp type echo-request accept
    icmpv6 type { echo-request, nd-neighbor-solicit, nd-neighbor-advert } accept
${protocols.map((each) => `    ${each} dport @public_${each} accept`).join("\n")}
    counter drop comment "dropped: from a container to its host"
  }

  chain published {
    type filter hook forward priority filter - 10; policy accept;
    ct state invalid drop
    ct direction reply ct state established,related accept
    ip daddr @metadata counter drop comment "dropped: to the cloud's metadata"
    ip6 daddr @metadata6 counter drop comment "dropped: to the cloud's metadata"
    # Other link-local addresses of a cloud: its name server may be one.
    ip daddr 169.254.0.0/16 meta l4proto { tcp, udp } th dport != 53 counter drop comment "dropped: link-local"
    ip daddr @site goto to_hosts
    ip6 daddr @site6 goto to_hosts
    # Tasks on an overlay reach each other inside of it, and pass no chain of the host. Others look for its addresses around the host, where anybody may read what was meant for a task.
    ip daddr @overlays oifname != { "docker0", "docker_gwbridge" } oifname != "br-*" counter drop comment "dropped: to an overlay, past it"
${fromContainerBridges("ct status dnat goto published_to_containers")}
    ct state established,related accept
${fromContainerBridges("accept")}
    ct status dnat goto published_new
    # Not through a published port, but routed at a container's own address.
    oifname { "docker0", "docker_gwbridge" } counter drop comment "dropped: straight to a container"
    oifname "br-*" counter drop comment "dropped: straight to a container"
  }

  # From a container, or from others that use this host as a router, to another host. There the packet seems to come from this host.
  chain to_hosts {
    ct state related meta l4proto { icmp, ipv6-icmp } accept
    icmp type echo-request accept
    icmpv6 type echo-request accept
${protocols.flatMap((each) => [`    ip daddr @publishing ${each} dport @published_${each} accept`, `    ip6 daddr @publishing6 ${each} dport @published_${each} accept`]).join("\n")}
    counter drop comment "dropped: from a container to a host"
  }

  # From a container to a port that its own host publishes.
  chain published_to_containers {
${protocols.map((each) => `    meta l4proto ${each} ct original proto-dst @public_${each} accept`).join("\n")}
    counter drop comment "dropped: published, not declared"
  }

  chain published_new {
    ip saddr @site accept
    ip6 saddr @site6 accept
${protocols.map((each) => `    meta l4proto ${each} ct original proto-dst @public_${each} accept`).join("\n")}
${restricted
  .map(
    (each) =>
      `    ${restrictedSources(each)} meta l4proto ${each.protocol} ct original proto-dst ${each.port} accept`,
  )
  .join("\n")}
    counter drop comment "dropped: published, not declared"
  }
}
`.replaceAll(/\n{2,}(?= {4})/g, "\n");
}

/**
 * The converge step for the firewall: the ruleset, and a unit that loads it before the network
 * comes up.
 */
export function firewallStep(plan: Plan, host: HostPlan, addresses?: FirewallAddresses): string {
  const rules = firewallRules(plan, host, addresses);
  const unit = firewallUnit;
  return renderConverge({
    title: "firewall",
    files: [
      { path: closedRulesPath, mode: "0600", content: renderClosedFirewall(rules) },
      { path: firewallRulesPath, mode: "0600", content: renderFirewall(rules) },
      { path: firewallUnitPath, mode: "0644", content: renderFirewallUnit() },
    ],
    packages: [{ name: "iptables" }, { name: "nftables" }],
    reactions: [
      {
        name: "load-firewall",
        on: "any",
        run: [
          // Checked first: invalid rules must not replace the active ones.
          `nft --check --file ${closedRulesPath}`,
          `nft --check --file ${firewallRulesPath}`,
          "systemctl daemon-reload",
          `systemctl reenable ${unit}`,
          // If the unit is active, this loads the new rules in one transaction; nothing is stopped,
          // and Docker goes on.
          `systemctl reload-or-restart ${unit}`,
        ],
      },
    ],
    keeps: [
      keepUnit(unit),
      {
        what: "the loaded rules",
        // The closed rules do not have this chain: while they are active, the real rules are not
        // loaded.
        holds: `nft list chain inet hive published > /dev/null && ${checkPassRedirected}`,
        make: `systemctl reload-or-restart ${unit}`,
      },
    ],
    checks: [
      {
        what: "the rules are loaded",
        run: `nft list chain inet hive input | grep 'policy drop' > /dev/null && nft list chain inet hive published > /dev/null`,
        remedy: `look with 'journalctl -u ${unit}' on the host`,
      },
      {
        what: "Docker lets containers reach ports that their own host publishes",
        run: checkPassRedirected,
        remedy: `look with 'journalctl -u ${unit}' on the host`,
      },
    ],
    timeoutSeconds: firewallStepSeconds,
  });
}

/** A named set; without `elements` if it is empty, because an empty list is a syntax error. */
function set(name: string, type: string, elements: readonly string[]): string {
  const unique = [...new Set(elements)].sort();
  const list = unique.length === 0 ? "" : ` elements = { ${unique.join(", ")} };`;
  return `  set ${name} { type ${type};${list} }`;
}

/** A set of addresses for each family: `<name>` and `<name>6`. */
function addressSets(name: string, addresses: readonly string[]): string {
  const [ipv6, ipv4] = [true, false].map((wanted) =>
    addresses.filter((each) => isIPv6(each) === wanted),
  );
  return `${set(name, "ipv4_addr", ipv4 ?? [])}\n${set(`${name}6`, "ipv6_addr", ipv6 ?? [])}`;
}

/** A set of ports for each protocol: `<name>_tcp` … */
function portSets(name: string, ports: readonly FirewallPort[]): string {
  return protocols
    .map((protocol) => {
      const numbers = ports.filter((each) => each.protocol === protocol).map(({ port }) => port);
      return set(`${name}_${protocol}`, "inet_service", numbers.map(String));
    })
    .join("\n");
}

function restrictedSources({ sources }: RestrictedPort): string {
  return `ip saddr { ${[...new Set(sources)].sort().join(", ")} }`;
}
