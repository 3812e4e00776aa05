import { registryAuthorityFile } from "../../model/image/registry-authority";
import { authorizedKeysPath } from "../../render/sshd";
import { commandLine, quote } from "../../render/shell";
import { rebootWaits } from "../hosts/reboot";

/** What the questions to a server depend on. */
export interface ScriptInput {
  /** The admin user. */
  readonly user: string;
  /** `<name>:<port>` of the registry. */
  readonly registry: string;
}

/** Begins the line before and after each part's output. */
export const mark = "--hive--";

/** Limit of a part on the server, seconds. */
const partSeconds = 20;

/** Limit of {@link serverScript} on a server, seconds. */
export const serverSeconds = 90;

/** What is asked of each container, as one line of JSON. */
const containerTemplate = [
  ["name", "{{json .Name}}"],
  ["image", "{{json .Config.Image}}"],
  ["imageId", "{{json .Image}}"],
  ["process", "{{json .State.Pid}}"],
  ["task", `{{json (index .Config.Labels "com.docker.swarm.task.id")}}`],
  ["service", `{{json (index .Config.Labels "com.docker.swarm.service.name")}}`],
  ["privileged", "{{json .HostConfig.Privileged}}"],
  ["pid", "{{json .HostConfig.PidMode}}"],
  ["network", "{{json .HostConfig.NetworkMode}}"],
  ["ipc", "{{json .HostConfig.IpcMode}}"],
  ["uts", "{{json .HostConfig.UTSMode}}"],
  ["capabilities", "{{json .HostConfig.CapAdd}}"],
  ["mounts", "{{json .Mounts}}"],
  ["ports", "{{json .HostConfig.PortBindings}}"],
]
  .map(([name, value]) => `"${name}":${value}`)
  .join(",");

const networkTemplate =
  '{"name":{{json .Name}},"driver":{{json .Driver}},"options":{{json .Options}},"labels":{{json .Labels}},"ingress":{{json .Ingress}}}';

/**
 * The script of all questions to a server, for bash as root, on its standard input. It changes
 * nothing and prints no secret: of passwords only whether there is one. Each part may fail on its
 * own, which its last line tells.
 */
export function serverScript({ user, registry }: ScriptInput): string {
  const sshd = (name: string): string =>
    commandLine("sshd", "-T", "-C", `user=${name},host=any,addr=192.0.2.1`);
  const parts: readonly (readonly [name: string, script: string])[] = [
    ["listening", "ss -Hltn | awk '{ print $4 }'"],
    ["sshd", sshd(user)],
    ["sshd-root", sshd("root")],
    [
      "sshd-matches",
      "grep -inHE '^[[:space:]]*match[[:space:]]' /etc/ssh/sshd_config $(find /etc/ssh/sshd_config.d -name '*.conf') || [ $? = 1 ]",
    ],
    [
      "keys",
      `find ${quote(authorizedKeysPath("").replace(/\/$/, ""))} -type f -exec awk 'NF > 0 && $1 !~ /^#/ { print FILENAME "\\t" $0 }' {} +`,
    ],
    [
      "accounts",
      `awk -F: 'FNR == NR { state[$1] = $2 == "" ? "empty" : $2 ~ /^[!*]/ ? "none" : "set"; next } { print $1 "\\t" $3 "\\t" $7 "\\t" ($2 == "" ? "empty" : $2 != "x" && $2 !~ /^[!*]/ ? "set" : state[$1]) }' /etc/shadow /etc/passwd`,
    ],
    [
      "groups",
      `for group in docker sudo; do
  line=$(getent group "$group") || continue
  id=$(printf %s "$line" | cut -d: -f3)
  { printf %s "$line" | cut -d: -f4 | tr , '\\n'; awk -F: -v id="$id" '$4 == id { print $1 }' /etc/passwd; } |
    awk -v group="$group" 'NF > 0 { print group "\\t" $1 }'
done`,
    ],
    [
      "sudo-rules",
      `awk 'NF > 0 && $1 !~ /^([#@]|Defaults)/ { print FILENAME "\\t" $0 }' /etc/sudoers $(find /etc/sudoers.d -type f ! -name '*.*' ! -name '*~')`,
    ],
    ["authority", commandLine("cat", registryAuthorityFile(registry))],
    [
      "registry-certificate",
      "[ ! -e /etc/hive/registry/tls.crt ] || cat /etc/hive/registry/tls.crt",
    ],
    ["store", "find /usr/local/share/ca-certificates -type f -name '*hive*'"],
    [
      "containers",
      `docker ps --quiet --no-trunc | xargs --no-run-if-empty docker inspect --format ${quote(`{${containerTemplate}}`)}`,
    ],
    [
      "rights",
      `for process in $(docker ps --quiet | xargs --no-run-if-empty docker inspect --format '{{.State.Pid}}'); do
  awk -v process="$process" '$1 == "NoNewPrivs:" { print process "\\t" $2 }' "/proc/$process/status" || true
done`,
    ],
    [
      "images",
      `docker ps --quiet | xargs --no-run-if-empty docker inspect --format '{{.Image}}' | sort --unique |
  xargs --no-run-if-empty docker image inspect --format '{{.Id}}\t{{.Created}}'`,
    ],
    [
      "networks",
      `docker network ls --quiet --filter scope=swarm | xargs --no-run-if-empty docker network inspect --format ${quote(networkTemplate)}`,
    ],
    ["swarm", "docker info --format '{{with .Swarm.Cluster}}{{json .UpdatedAt}}{{end}}'"],
    [
      "files",
      `{ find /etc/docker /etc/hive /var/lib/hive /etc/ssh/authorized_keys /etc/ssh/sshd_config.d /etc/sudoers.d -printf '%m\\t%u\\t%g\\t%y\\t%p\\n'
find /run/docker.sock /etc/systemd/system/hive-* /usr/local/lib/hive /var/lib/hive-* -maxdepth 1 -printf '%m\\t%u\\t%g\\t%y\\t%p\\n'; } 2> /dev/null | head -n 3000 || true`,
    ],
    ["updates", "apt-get -s --with-new-pkgs upgrade | grep '^Inst ' || [ $? = 1 ]"],
    [
      "lists",
      "find /var/lib/apt/lists -maxdepth 1 -name '*_Packages*' -printf '%T@\\n' | sort -n | tail -n 1",
    ],
    ["reboot", `if ${rebootWaits}; then echo reboot; fi`],
    ["firewall-unit", "systemctl is-active hive-firewall.service || true"],
    [
      "firewall",
      `! nft list chain inet hive published > /dev/null 2>&1 || echo published
! nft list chain inet hive input 2> /dev/null | grep 'policy drop' > /dev/null || echo drops`,
    ],
  ];
  return [
    "set -u",
    "export PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C",
    "part() {",
    `  printf '\\n${mark} begin %s\\n' "$1"`,
    `  timeout --kill-after=2 ${partSeconds} bash -o pipefail -c "$2" 2> /dev/null < /dev/null`,
    `  printf '\\n${mark} end %s %s\\n' "$1" "$?"`,
    "}",
    ...parts.map(([name, script]) => commandLine("part", name, script)),
    "",
  ].join("\n");
}
