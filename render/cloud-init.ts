import { authorizedKeysPath } from "./sshd";

export { firstBootVersion } from "../model/first-boot";

/** What a new server knows of hive at its first boot. */
export interface FirstBoot {
  /** The server's full name. */
  readonly hostName: string;
  /** The one admin user. */
  readonly user: string;
  /** Port of sshd. */
  readonly sshPort: number;
  /** The public key that logs in until the set-up writes the list of operators. */
  readonly loginKey: string;
  /**
   * The host key until the first session replaces it; whoever may ask the cloud for the user data
   * can read it. Private, in OpenSSH's format, and public.
   */
  readonly hostKey: { readonly privateKey: string; readonly publicKey: string };
}

/** The user id of the admin user, as on servers of other fleets. */
const userNumber = 1900;

/**
 * Settings of sshd for the first session. sshd uses the first value of each keyword, and the set-up
 * of hosts writes a file that comes before this one; only the port stays.
 */
export const firstSshdConfigPath = "/etc/ssh/sshd_config.d/20-hive-first.conf";

/**
 * The user data of a new server, for cloud-init: it makes the server reachable, and nothing else.
 * It is JSON, which is YAML too, so that no value needs quoting. The same input gives the same
 * text: another text makes another server. So a change of the text raises `firstBootVersion`.
 */
export function renderCloudConfig(boot: FirstBoot): string {
  const { hostName, user, sshPort, loginKey, hostKey } = boot;
  const config = {
    hostname: hostName.split(".")[0],
    fqdn: hostName,
    prefer_fqdn_over_hostname: true,
    // The set-up of hosts keeps /etc/hosts.
    manage_etc_hosts: false,
    // Before the user, who is a member: the package of the Docker Engine takes over the group.
    bootcmd: [["groupadd", "--system", "--force", "docker"]],
    // The image's own user is not made.
    users: [
      {
        name: user,
        uid: userNumber,
        groups: ["docker"],
        shell: "/bin/bash",
        sudo: "ALL=(ALL:ALL) NOPASSWD:ALL",
        // Unlike a locked account, one whose password nothing matches takes keys.
        lock_passwd: false,
        hashed_passwd: "*",
      },
    ],
    disable_root: true,
    ssh_pwauth: false,
    ssh_deletekeys: true,
    ssh_keys: { ed25519_private: hostKey.privateKey, ed25519_public: hostKey.publicKey },
    write_files: [
      {
        path: authorizedKeysPath(user),
        permissions: "0644",
        content: `${loginKey}\n`,
      },
      {
        path: firstSshdConfigPath,
        permissions: "0644",
        content: `# Kept by hive.\nPort ${sshPort}\nAuthorizedKeysFile ${authorizedKeysPath("%u")}\nPermitRootLogin no\nPasswordAuthentication no\n`,
      },
    ],
  };
  return `#cloud-config\n${JSON.stringify(config, undefined, 1)}\n`;
}
