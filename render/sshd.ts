/**
 * Path of the settings; sshd reads this folder first and uses the first value of each keyword.
 */
export const sshdConfigPath = "/etc/ssh/sshd_config.d/10-hive.conf";

/** The list of keys for the admin user: only root can write it. */
export function authorizedKeysPath(adminUser: string): string {
  return `/etc/ssh/authorized_keys/${adminUser}`;
}

/**
 * Settings of sshd: keys only, no root, the admin user only.
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
AllowStreamLocalForwarding yes
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
