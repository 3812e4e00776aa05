import type { HostPlan, Plan } from "../model/plan";
import { renderConverge } from "./converge";
import { keepUnit, startUnit } from "./systemd-unit";

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

/** Who may reach what on a host. Whatever is not named is closed. */
export interface FirewallRules {
  /** sshd's port. */
  readonly sshPort: number;
  /** IPv4 networks that may use SSH. Empty: every source. */
  readonly managementSources: readonly string[];
  /** Addresses of the Swarm's members; empty on a host that is none. Only they reach the Swarm's own ports. */
  readonly swarmAddresses: readonly string[];
  /** Addresses of all hosts of the site; they reach every published port of each other. */
  readonly siteAddresses: readonly string[];
  /** Ports that are open to the world. */
  readonly publicPorts: readonly FirewallPort[];
  /** Ports that some networks may use. */
  readonly restrictedPorts: readonly RestrictedPort[];
}

/** The protocols that can be published. */
const protocols: readonly FirewallPort["protocol"][] = ["tcp", "udp", "sctp"];

/** Where the rules lie. */
export const firewallRulesPath = "/etc/hive/firewall.nft";

const unit = "hive-firewall.service";
const unitPath = `/etc/systemd/system/${unit}`;

/** The rules of a host: what its services publish is public on cluster hosts; the registry is for the stage's network. */
export function firewallRules(plan: Plan, host: HostPlan): FirewallRules {
  const members = plan.hosts.filter((each) => each.role === "cluster");
  const isMember = host.role === "cluster";
  return {
    sshPort: plan.ssh.port,
    managementSources: [],
    swarmAddresses: isMember ? members.map((each) => each.privateAddress) : [],
    siteAddresses: plan.hosts.map((each) => each.privateAddress),
    publicPorts: isMember
      ? plan.services.flatMap((service) =>
          service.ports.map(({ published, protocol }) => ({ port: published, protocol })),
        )
      : [],
    restrictedPorts: isMember
      ? []
      : [{ port: plan.registry.port, protocol: "tcp", sources: [plan.network.cidr] }],
  };
}

/**
 * The ruleset, in a table of our own. Loading it replaces that table in one transaction and touches no other, Docker's
 * among them.
 *
 * Two chains, because a published port of a container never reaches `input`: Docker's NAT turns it into forwarded traffic
 * (https://docs.docker.com/engine/network/packet-filtering-firewalls/). There the port that was dialled is the one of the
 * connection's original direction. Both run before Docker's own filter chains; a packet must pass all.
 */
export function renderFirewall(rules: FirewallRules): string {
  const restricted = rules.restrictedPorts.filter((each) => each.sources.length > 0);
  return `# Kept by hive: who may reach what on this host.
# The empty declaration makes the deletion succeed at the first load; all of it is one transaction.
table inet hive
delete table inet hive
table inet hive {
${set("swarm", "ipv4_addr", rules.swarmAddresses)}
${set("site", "ipv4_addr", rules.siteAddresses)}
${set("management", "ipv4_addr; flags interval", rules.managementSources)}
${protocols.map((each) => set(`public_${each}`, "inet_service", portsOf(each, rules))).join("\n")}

  chain input {
    type filter hook input priority filter - 10; policy drop;
    ct state established,related accept
    ct state invalid drop
    iifname "lo" accept
    # Docker lets bridges route to loopback addresses; no packet from outside may use that.
    ip daddr 127.0.0.0/8 drop
    icmp type { echo-request, destination-unreachable, time-exceeded, parameter-problem } accept
    icmpv6 type { echo-request, destination-unreachable, packet-too-big, time-exceeded, parameter-problem, nd-router-advert, nd-neighbor-solicit, nd-neighbor-advert } accept
    udp sport 67 udp dport 68 accept comment "DHCP lease"
    ip6 saddr fe80::/10 udp dport 546 accept comment "DHCPv6 lease"
    tcp dport ${rules.sshPort} ${rules.managementSources.length === 0 ? "" : "ip saddr @management "}accept comment "SSH"
    ip saddr @swarm tcp dport { 2377, 7946 } accept comment "Swarm: managers, gossip"
    ip saddr @swarm udp dport { 4789, 7946 } accept comment "Swarm: service networks, gossip"
    ip saddr @swarm meta l4proto esp accept comment "Swarm: encrypted service networks"
    jump from_containers
${protocols.map((each) => `    ${each} dport @public_${each} accept`).join("\n")}
${restricted.map((each) => `    ${restrictedSources(each)} ${each.protocol} dport ${each.port} accept`).join("\n")}
    counter comment "dropped: to the host"
  }

  # Containers reach of their host only what it redirects for them, such as name resolution, and what is open anyway.
  chain from_containers {
    iifname { "docker0", "docker_gwbridge" } ct status dnat accept
    iifname "br-*" ct status dnat accept
  }

  chain published {
    type filter hook forward priority filter - 10; policy accept;
    ct state established,related accept
    ct state invalid drop
    iifname { "docker0", "docker_gwbridge" } accept
    iifname "br-*" accept
    ct status dnat goto published_new
    # Not through a published port, but routed at a container's own address.
    oifname { "docker0", "docker_gwbridge" } counter drop comment "dropped: straight to a container"
    oifname "br-*" counter drop comment "dropped: straight to a container"
  }

  chain published_new {
    ip saddr @site accept
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

/** The converge step for the firewall: the ruleset, and a unit that loads it before the network comes up. */
export function firewallStep(plan: Plan, host: HostPlan): string {
  const path = firewallRulesPath;
  return renderConverge({
    title: "firewall",
    files: [
      { path, mode: "0600", content: renderFirewall(firewallRules(plan, host)) },
      { path: unitPath, mode: "0644", content: renderFirewallUnit() },
    ],
    packages: [{ name: "nftables" }],
    reactions: [
      // Checked first: rules that cannot be loaded must not take the place of those that hold.
      { name: "load-firewall", on: "any", run: [`nft --check --file ${path}`, ...startUnit(unit)] },
    ],
    always: [
      keepUnit(unit),
      `if ! nft list chain inet hive input > /dev/null 2>&1; then systemctl restart ${unit}; echo "changed rules: loaded again"; fi`,
    ],
    checks: [
      {
        what: "the rules are loaded",
        run: `nft list chain inet hive input | grep 'policy drop' > /dev/null`,
        remedy: `look with 'journalctl -u ${unit}' on the host`,
      },
    ],
  });
}

function renderFirewallUnit(): string {
  return `# Kept by hive.
[Unit]
Description=Firewall of the hive
Wants=network-pre.target
Before=network-pre.target docker.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/sbin/nft --file ${firewallRulesPath}
ExecReload=/usr/sbin/nft --file ${firewallRulesPath}
ExecStop=/usr/sbin/nft delete table inet hive

[Install]
WantedBy=multi-user.target
`;
}

/** A named set; without `elements` where it is empty, because an empty list is a syntax error. */
function set(name: string, type: string, elements: readonly string[]): string {
  const unique = [...new Set(elements)].sort();
  const list = unique.length === 0 ? "" : ` elements = { ${unique.join(", ")} };`;
  return `  set ${name} { type ${type};${list} }`;
}

function portsOf(protocol: FirewallPort["protocol"], rules: FirewallRules): string[] {
  return rules.publicPorts
    .filter((each) => each.protocol === protocol)
    .map((each) => String(each.port));
}

function restrictedSources({ sources }: RestrictedPort): string {
  return `ip saddr { ${[...new Set(sources)].sort().join(", ")} }`;
}
