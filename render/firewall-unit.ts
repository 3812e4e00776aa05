import { fromContainerBridges, hostProtocols, portList } from "./firewall-parts";

/** Path of the rules. */
export const firewallRulesPath = "/etc/hive/firewall.nft";

/** Path of the closed rules, which apply until those are loaded, and when they cannot be loaded. */
export const closedRulesPath = "/etc/hive/firewall-closed.nft";

/** The unit that loads the rules. */
export const firewallUnit = "hive-firewall.service";

/** Path of the unit. */
export const firewallUnitPath = `/etc/systemd/system/${firewallUnit}`;

/**
 * A rule in the chain that Docker leaves to its users: packets that Docker has redirected to a
 * container pass. Without it, a container cannot reach a port that its own host publishes, because
 * Docker blocks traffic between containers of the services' bridge, and between bridges. hive's
 * rules have already decided who may use the port.
 */
const passRedirected = "DOCKER-USER --match conntrack --ctstate DNAT --jump ACCEPT";

/** A command that succeeds when that rule exists. */
export const checkPassRedirected = `iptables --wait 10 --check ${passRedirected}`;

/** Docker uses an existing chain and appends to it. */
const keepPassRedirected = `${checkPassRedirected} || { iptables --wait 10 --new-chain DOCKER-USER; iptables --wait 10 --insert ${passRedirected}; }`;

/**
 * The closed rules of a host, in the same table, so that the real rules replace them in one
 * transaction. They allow only what a person needs to repair the host: SSH from the usual sources,
 * and answers to the host's own requests, such as to a package archive. Nothing is forwarded, not
 * even existing connections.
 */
export function renderClosedFirewall(rules: {
  readonly sshPorts: readonly number[];
  /** IPv4 networks that may use SSH. Empty: every source. */
  readonly managementSources: readonly string[];
}): string {
  const management = [...new Set(rules.managementSources)].sort();
  const sources = management.length === 0 ? "" : `ip saddr { ${management.join(", ")} } `;
  return `# Kept by hive: what holds until ${firewallRulesPath} is loaded, and when it cannot be.
table inet hive
delete table inet hive
table inet hive {
  chain input {
    type filter hook input priority filter - 10; policy drop;
    ct state invalid drop
    iifname "lo" accept
    ct direction reply ct state established,related accept
    ip daddr 127.0.0.0/8 drop
${fromContainerBridges("drop")}
${hostProtocols}
    tcp dport ${portList(rules.sshPorts)} ${sources}accept comment "SSH"
  }

  chain forward {
    type filter hook forward priority filter - 10; policy drop;
  }
}
`;
}

/**
 * The text of the unit.
 *
 * - It starts as Debian's own nftables.service does, before anything that waits for the network:
 *   with the default dependencies a cloud's first-boot set-up, which needs the network before
 *   `sysinit.target`, would close a cycle, and systemd would break it somewhere. It starts after
 *   that service because that one may begin with emptying all rules.
 * - A start loads the closed rules first: if the others cannot be loaded, the host stays closed,
 *   the unit fails, and Docker, which requires it, does not start.
 * - Nothing opens the host again: there is no stop command, and a manual stop is refused, since it
 *   would stop Docker. Changed rules are reloaded.
 * - Docker's chain comes last, and a failure there does not fail the unit: only containers' access
 *   to ports of their own host is lost.
 */
export function renderFirewallUnit(): string {
  return `# Kept by hive. To load changed rules: systemctl reload ${firewallUnit}
[Unit]
Description=Firewall of the hive
DefaultDependencies=no
Wants=network-pre.target
Before=network-pre.target docker.service shutdown.target
After=nftables.service
Conflicts=shutdown.target
RefuseManualStop=yes

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/sbin/nft --file ${closedRulesPath}
ExecStart=/usr/sbin/nft --file ${firewallRulesPath}
ExecStart=-/bin/sh -c '${keepPassRedirected}'
ExecReload=/usr/sbin/nft --file ${firewallRulesPath}
ExecReload=-/bin/sh -c '${keepPassRedirected}'

[Install]
WantedBy=sysinit.target
RequiredBy=docker.service
`;
}
