import { quote } from "./shell";

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
 * A command that makes the running kernel have the settings. In a container it sets those of the network only, which are
 * the server's own; the others belong to the computer that it runs on and are left alone, with a note that says so.
 */
export function renderSysctlApply(): string {
  const calls = kernelSettings.map(({ key, value }) => `set_one ${quote(key)} ${quote(value)}`);
  return `
container=no
! systemd-detect-virt --container --quiet || container=yes
left=
set_one() {
  local file=/proc/sys/\${1//.//} now
  if [ ! -e "$file" ]; then left="$left $1"; return; fi
  now=$(tr '\\t' ' ' < "$file")
  [ "$now" != "$2" ] || return 0
  case $container,$1 in yes,net.*) ;; yes,*) left="$left $1"; return ;; esac
  # Direct, because sysctl(8) reports a refused value with status 0.
  if printf %s "$2" 2> /dev/null > "$file"; then echo "changed $1 to $2"; else left="$left $1"; fi
}
${calls.join("\n")}
[ -z "$left" ] || echo "note left as the computer has them:$left"
`.trim();
}
