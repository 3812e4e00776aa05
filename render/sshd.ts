import { commandLine, quote } from "./shell";

/**
 * Path of the settings; sshd reads this folder first and uses the first value of each keyword.
 */
export const sshdConfigPath = "/etc/ssh/sshd_config.d/10-hive.conf";

/** The list of keys for the admin user: only root can write it. */
export function authorizedKeysPath(adminUser: string): string {
  return `/etc/ssh/authorized_keys/${adminUser}`;
}

/**
 * Settings of sshd: keys only, no root, the admin user only. What else could let somebody in is off
 * by name, so that a file that sshd reads later cannot switch it on.
 *
 * `MaxStartups` and `MaxSessions` are high because the resources of one run reach a server in
 * parallel; sshd's defaults (10 and 10) would refuse some of them. Socket forwarding gives access
 * to the Docker Engine.
 */
export function renderSshdConfig(adminUser: string): string {
  return `# Kept by hive.
AuthorizedKeysFile ${authorizedKeysPath("%u")}
AllowUsers ${adminUser}
PermitRootLogin no
PasswordAuthentication no
KbdInteractiveAuthentication no
TrustedUserCAKeys none
AuthorizedKeysCommand none
AllowTcpForwarding local
AllowStreamLocalForwarding local
AllowAgentForwarding no
X11Forwarding no
UseDNS no
MaxStartups 100:30:200
MaxSessions 64
LoginGraceTime 20
ClientAliveInterval 15
ClientAliveCountMax 4
`;
}

/**
 * What `sshd -T` must say of a login of the admin user: `keyword value`, in alphabetical order.
 */
export function effectiveSshd(adminUser: string): readonly string[] {
  return [
    `allowusers ${adminUser}`,
    `authorizedkeyscommand none`,
    `authorizedkeysfile ${authorizedKeysPath("%u")}`,
    `kbdinteractiveauthentication no`,
    `passwordauthentication no`,
    `permitrootlogin no`,
    `trustedusercakeys none`,
  ];
}

/**
 * A command for bash that succeeds if sshd asks of the admin user what {@link renderSshdConfig}
 * says, and of nobody else anything. Two things get past a file that is read first: a `Match` block
 * overrides it, and lists such as `AllowUsers` grow (sshd_config(5)).
 */
export function checkSshd(adminUser: string): string {
  const wanted = effectiveSshd(adminUser);
  const keywords = wanted.map((line) => line.split(" ")[0]).join("|");
  const connection = commandLine("sshd", "-T", "-C", `user=${adminUser},host=any,addr=192.0.2.1`);
  return `[ "$(${connection} | grep -E ${quote(`^(${keywords}) `)} | LC_ALL=C sort)" = ${quote(wanted.join("\n"))} ]`;
}
