import type { ConvergeKeep } from "./converge";
import { quote } from "./shell";

/** Settings that this kernel has refused since it was booted. */
const refused = "/run/hive-refused-settings";

/** Where the settings lie. */
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
    why: "every container may watch files; the default of 128 is shared by all that run as one user",
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
    why: "with the next one: a dead peer is noticed within minutes",
  },
  {
    key: "net.ipv4.tcp_keepalive_time",
    value: "600",
    why: "the service network forgets connections that were idle for 900 s; keep-alives must come before that",
  },
  {
    key: "vm.max_map_count",
    value: "262144",
    why: "search engines and some databases refuse to start below it",
  },
];

/** The text of the file that sets them at boot. */
export function renderSysctlConfig(): string {
  const lines = kernelSettings.flatMap(({ key, value, why }) => [`# ${why}`, `${key} = ${value}`]);
  return ["# Kept by hive.", ...lines, ""].join("\n");
}

/**
 * Makes the running kernel have the settings. In a container only those of the network, which are the server's own; the others belong
 * to the computer that it runs on and are left alone, with a note that says so.
 */
export function keepKernelSettings(): ConvergeKeep {
  const each = (name: string): string =>
    kernelSettings.map(({ key, value }) => `${name} ${quote(key)} ${quote(value)}`).join("\n");
  const read = `
container=no
! systemd-detect-virt --container --quiet || container=yes
file() { echo "/proc/sys/\${1//.//}"; }
# Whether the setting is this kernel's to change, and another one now.
differs() {
  [ -e "$(file "$1")" ] && [ "$(tr '\\t' ' ' < "$(file "$1")")" != "$2" ] || return 1
  ! grep -qsxF "$1" ${refused} || return 1
  case $container,$1 in yes,net.*) ;; yes,*) return 1 ;; esac
}
`.trim();
  return {
    what: "kernel settings",
    holds: `${read}
left= wrong=
look() {
  if differs "$1" "$2"; then wrong=yes; return; fi
  [ -e "$(file "$1")" ] && [ "$(tr '\\t' ' ' < "$(file "$1")")" = "$2" ] || left="$left $1"
}
${each("look")}
[ -z "$left" ] || echo "note left as the computer has them:$left"
[ -z "$wrong" ]`,
    make: `${read}
# Direct, because sysctl(8) reports a refused value with status 0.
set_one() {
  differs "$1" "$2" || return 0
  if printf %s "$2" 2> /dev/null > "$(file "$1")"; then echo "changed $1 to $2"; else echo "$1" >> ${refused}; fi
}
${each("set_one")}`,
  };
}
