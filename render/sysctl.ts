import { bootProgram, type BootProgramStep } from "./boot-program";
import { quote } from "./shell";

/** Settings that this kernel has refused since its boot. */
const refused = "/run/hive-refused-settings";

/** Path of the settings. */
export const sysctlConfigPath = "/etc/sysctl.d/80-hive.conf";

/** One kernel setting. */
export interface KernelSetting {
  readonly key: string;
  readonly value: string;
  readonly why: string;
}

/** The kernel settings of every host. */
export const kernelSettings: readonly KernelSetting[] = [
  {
    key: "fs.inotify.max_user_instances",
    value: "1024",
    why: "each container may watch files, and all that run as the same user share the default of 128",
  },
  { key: "fs.inotify.max_user_watches", value: "524288", why: "as above" },
  {
    key: "kernel.panic",
    value: "10",
    why: "a host that panicked reboots and rejoins instead of hanging",
  },
  {
    key: "net.core.somaxconn",
    value: "4096",
    why: "bursts of new connections at a published port",
  },
  { key: "net.ipv4.ip_forward", value: "1", why: "containers reach the network through the host" },
  {
    key: "net.ipv4.tcp_keepalive_intvl",
    value: "30",
    why: "with the next setting: detects a dead peer within minutes",
  },
  {
    key: "net.ipv4.tcp_keepalive_time",
    value: "600",
    why: "the service network drops connections after 900 s without traffic; keep-alives come earlier",
  },
  {
    key: "vm.max_map_count",
    value: "262144",
    why: "search engines and some databases refuse to start with a lower value",
  },
];

/** The text of the file that sets them at boot. */
export function renderSysctlConfig(): string {
  const lines = kernelSettings.flatMap(({ key, value, why }) => [`# ${why}`, `${key} = ${value}`]);
  return ["# Kept by hive.", ...lines, ""].join("\n");
}

/**
 * The program that applies the settings to the running kernel; with `check` it changes nothing, and
 * fails if a change is needed.
 */
function renderProgram(): string {
  const calls = kernelSettings.map(({ key, value }) => `setting ${quote(key)} ${quote(value)}`);
  return `#!/bin/bash
# Kept by hive: applies the settings of ${sysctlConfigPath} to the running kernel. In a container only those of the network, which are
# the server's own; the others belong to the computer that it runs on.
set -euo pipefail
mode=\${1:-apply}
container=no
! systemd-detect-virt --container --quiet || container=yes
left= wrong=
setting() {
  local file=/proc/sys/\${1//.//}
  if [ ! -e "$file" ]; then left="$left $1"; return; fi
  if [ "$(tr '\\t' ' ' < "$file")" = "$2" ]; then return; fi
  if grep -qsxF "$1" ${refused}; then left="$left $1"; return; fi
  case $container,$1 in yes,net.*) ;; yes,*) left="$left $1"; return ;; esac
  if [ "$mode" = check ]; then wrong=yes; return; fi
  # Direct, because sysctl(8) reports a refused value with status 0.
  if printf %s "$2" 2> /dev/null > "$file"; then echo "changed $1 to $2"; else echo "$1" >> ${refused}; fi
}
${calls.join("\n")}
[ -z "$left" ] || echo "note left unchanged, because the computer decides them:$left"
[ -z "$wrong" ]
`;
}

/**
 * The part of a converge step that applies the kernel's settings, now and after every boot of the
 * server: a server that is a container does not run systemd-sysctl, which would change the
 * computer.
 */
export function kernelSettingsStep(): BootProgramStep {
  const program = bootProgram({
    name: "kernel-settings",
    description: "Kernel settings of a host of the site",
    before: ["docker.service"],
    what: "kernel settings",
    program: renderProgram(),
  });
  const settings = { path: sysctlConfigPath, mode: "0644", content: renderSysctlConfig() };
  return { ...program, files: [settings, ...program.files] };
}
