import type { HostPlan, OperatorPlan, Plan } from "../model/plan";
import { type ConvergeCheck, type ConvergeKeep, renderConverge } from "./converge";
import { type HostEntry, hostsFileStep } from "./hosts-file";
import { journaldConfigPath, renderJournaldConfig } from "./journald";
import { commandLine, quote } from "./shell";
import { authorizedKeysPath, checkSshd, renderSshdConfig, sshdConfigPath } from "./sshd";
import { kernelSettingsStep } from "./sysctl";
import { volumeDevices } from "./volume-devices";

/** Limit of the step, seconds. */
export const baseStepSeconds = 600;

/** Names that every host of the site must know without DNS: all hosts, and the registry. */
export function siteHostEntries(plan: Plan): HostEntry[] {
  const hosts = plan.hosts.map((host) => ({ name: host.name, address: host.privateAddress }));
  const registry = plan.hosts
    .filter((host) => host.role === "repository")
    .map((host) => ({ name: plan.registry.name, address: host.privateAddress }));
  return [...hosts, ...registry];
}

/**
 * The first converge step, before anything of the site runs on a host: admin user's rights, sshd,
 * host name, names of the other hosts, kernel settings, journal, time, and the tools that later
 * steps call.
 *
 * @param operators at least one: nobody else can log in afterwards
 */
export function baseStep(plan: Plan, host: HostPlan, operators: readonly OperatorPlan[]): string {
  const admin = plan.ssh.user;
  const hostsFile = hostsFileStep(siteHostEntries(plan));
  const kernelSettings = kernelSettingsStep();
  const devices = volumeDevices(plan, host);
  return renderConverge({
    title: "base",
    files: [
      { path: `/etc/sudoers.d/hive`, mode: "0440", content: renderSudoers(admin) },
      {
        path: authorizedKeysPath(admin),
        mode: "0644",
        content: authorizedKeys(operators),
      },
      { path: sshdConfigPath, mode: "0644", content: renderSshdConfig(admin) },
      { path: journaldConfigPath, mode: "0644", content: renderJournaldConfig() },
      ...kernelSettings.files,
      ...hostsFile.files,
    ],
    packages: [
      ...["ca-certificates", "curl", "iproute2", "nftables", "procps"].map((name) => ({ name })),
      ...devices.packages,
    ],
    reactions: [
      {
        name: "reload-sshd",
        on: [sshdConfigPath],
        // Tested first: a server without a running sshd is lost.
        run: ["sshd -t", "systemctl try-reload-or-restart ssh.service"],
      },
      {
        name: "restart-journald",
        on: [journaldConfigPath],
        run: [
          "mkdir -p /var/log/journal",
          "systemctl restart systemd-journald.service",
          "journalctl --flush",
        ],
      },
      ...kernelSettings.reactions,
      ...hostsFile.reactions,
    ],
    keeps: [
      keepHostname(host.name),
      ...hostsFile.keeps,
      ...kernelSettings.keeps,
      keepTime,
      ...devices.keeps,
    ],
    checks: [
      {
        what: "the sudo rules are valid",
        run: "visudo --check --quiet",
        remedy: "look at /etc/sudoers.d",
      },
      {
        what: `sshd lets in ${admin} alone, by the keys of the operators`,
        run: checkSshd(admin),
        remedy:
          "look with 'sshd -T' at what holds, and take out of /etc/ssh/sshd_config and " +
          "/etc/ssh/sshd_config.d what else lets somebody in, such as Match blocks and AllowUsers",
      },
      ...(plan.traits.encryptsNetworks && host.role === "cluster" ? [encryptionCheck] : []),
      {
        what: `${host.name} resolves to ${host.privateAddress}`,
        run: `getent ahostsv4 ${quote(host.name)} | grep ${quote(`^${host.privateAddress} `)} > /dev/null`,
        remedy: "look at /etc/hosts and /etc/nsswitch.conf",
      },
    ],
    timeoutSeconds: baseStepSeconds,
  });
}

/** Encrypted overlay networks are states and policies of the kernel's IPsec (moby, `overlay`). */
const encryptionCheck: ConvergeCheck = {
  what: "the kernel can encrypt the networks of services (IPsec)",
  run: "{ modprobe -q xfrm_user; modprobe -q esp4; ip xfrm state list > /dev/null 2>&1; }",
  remedy:
    "install a kernel with the modules xfrm_user and esp4, or write hive:encryptNetworks: false for the stage if nobody can read between the servers",
};

/** The list of keys for the admin user. */
export function authorizedKeys(operators: readonly OperatorPlan[]): string {
  return operators.map(({ name, publicKey }) => `${publicKey} ${name}\n`).join("");
}

/**
 * The text of the sudo rule for the admin user, who manages the host over SSH, where nobody can
 * type a password.
 */
export function renderSudoers(adminUser: string): string {
  return `# Kept by hive.\n${adminUser} ALL=(ALL:ALL) NOPASSWD: ALL\n`;
}

/**
 * Sets the host name, which is also the Swarm node's name. In a container it is set from outside,
 * and nothing is to be done.
 */
function keepHostname(name: string): ConvergeKeep {
  return {
    what: `the host's name to ${name}`,
    holds: `[ "$(uname -n)" = ${quote(name)} ]`,
    make: `${commandLine("echo", name)} > /etc/hostname\n${commandLine("hostname", name)}`,
  };
}

/**
 * A container has the clock of its computer; elsewhere one time service runs: the existing one, or
 * timesyncd.
 */
const keepTime: ConvergeKeep = {
  what: "time service to systemd-timesyncd",
  holds: `
systemd-detect-virt --container --quiet ||
  systemctl is-active --quiet chrony.service || systemctl is-active --quiet chronyd.service ||
  systemctl is-active --quiet ntpsec.service || systemctl is-active --quiet systemd-timesyncd.service
`.trim(),
  make: `
if ! systemctl cat systemd-timesyncd.service > /dev/null 2>&1; then
  apt-get -o DPkg::Lock::Timeout=60 install --yes --no-install-recommends systemd-timesyncd
fi
systemctl enable --now systemd-timesyncd.service
`.trim(),
};
