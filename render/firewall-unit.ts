import { fromContainerBridges, hostProtocols, portList } from "./firewall-parts";

/** Where the rules lie. */
export const firewallRulesPath = "/etc/hive/firewall.nft";

/** Where the rules lie that hold until those are loaded, and when they cannot be. */
export const closedRulesPath = "/etc/hive/firewall-closed.nft";

/** The unit that loads them. */
export const firewallUnit = "hive-firewall.service";

/** Where the unit lies. */
export const firewallUnitPath = `/etc/systemd/system/${firewallUnit}`;

/**
 * A rule of Docker's own filter, in the chain that Docker leaves to its users: what it has
 * redirected to a container passes. Without it, Docker drops a container's way to a port that its
 * own host publishes, because it lets no container of the bridge of services reach another one, and
 * no bridge another one. Who may use the port, hive's rules have decided before.
 */
const passRedirected = "DOCKER-USER --match conntrack --ctstate DNAT --jump ACCEPT";

/** A command that succeeds when that rule is there. */
export const checkPassRedirected = `iptables --wait 10 --check ${passRedirected}`;

/** Docker uses the chain that it finds and adds to its end. */
const keepPassRedirected = `${checkPassRedirected} || { iptables --wait 10 --new-chain DOCKER-USER; iptables --wait 10 --insert ${passRedirected}; }`;

/**
 * A host without its rules: closed, in the same table, so that the rules replace it in one
 * transaction. What remains is what a person needs to mend it: SSH from where it is allowed
 * otherwise, and answers to what the host itself asks, such as a package archive. Nothing is
 * forwarded, also no connection that was there before.
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
 *   `sysinit.target`, would close a circle, and systemd would break it somewhere. It comes after
 *   that service because that one may begin with emptying all rules.
 * - A start loads the closed rules first: where the others cannot be loaded the host stays closed,
 *   the unit fails, and Docker, which requires it, does not start.
 * - Nothing opens the host again: there is no command for a stop, and a stop by hand is refused,
 *   since it would stop Docker. A change is a reload.
 * - Docker's chain comes last, and a failure there is no failure of the unit: all that it costs is
 *   containers' way to ports of their own host.
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
