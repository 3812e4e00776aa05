import { dirname } from "node:path";
import type { Plan } from "../model/plan";
import { authorizedKeys, renderSudoers } from "./host-base";
import { readyScript } from "./ready";
import { authorizedKeysPath } from "./sshd";
import { asRoot, commandLine, printContent, quote } from "./shell";
import { leaveSystemStore } from "./system-store";

/**
 * Limit of the first contact's script on a server, seconds: a boot to wait for, and a package to
 * install.
 */
export const firstContactSeconds = 900;

/**
 * Makes sshd read the list of keys before the set-up of hosts writes its own settings, and after
 * these are gone.
 */
const sshdDropIn = "/etc/ssh/sshd_config.d/20-hive-admin.conf";

/**
 * The user id of the admin user, as in the image of server containers, so that files on volumes
 * keep their owner. If it is taken, another one is used.
 */
const userNumber = 1900;

/**
 * The script of the first contact, for bash as root on a plain server: refuses a system that hive
 * does not support, waits for the boot, and creates the admin user, who logs in with a key and
 * becomes root without a password. It may run any number of times. It reads no input, and ends with
 * the line `admin user is ready`.
 */
export function adminUserScript({ ssh }: Pick<Plan, "ssh">): string {
  const list = authorizedKeysPath(ssh.user);
  const folder = dirname(list);
  const user = quote(ssh.user);
  return `
${readyScript}
set -eu
umask 022
export PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1
user=${user}
output=$(mktemp)
trap 'rm -f "$output"' EXIT
quietly() {
  timeout --kill-after=5 "$@" > "$output" 2>&1 < /dev/null || { tail -n 20 "$output" >&2; fail "this failed: $*"; }
}
if ! command -v sudo > /dev/null; then
  quietly 180 apt-get -o DPkg::Lock::Timeout=120 -o Acquire::Retries=3 update
  quietly 300 apt-get -o DPkg::Lock::Timeout=120 -o Acquire::Retries=3 install --yes --no-install-recommends sudo
fi
# Before the Docker Engine is there, whose package takes over the group: a session has the groups of its login.
getent group docker > /dev/null || groupadd --system docker
if ! id -u "$user" > /dev/null 2>&1; then
  getent group "$user" > /dev/null || groupadd --gid ${userNumber} "$user" 2> /dev/null || groupadd "$user"
  number=--uid=${userNumber}
  ! getent passwd ${userNumber} > /dev/null || number=
  # "*" is a password that nothing matches, and unlike "!" it does not lock the account for keys.
  useradd $number --gid "$user" --create-home --shell /bin/bash --password '*' "$user"
fi
usermod --append --groups docker "$user"
# A file of sudo with a mistake would take sudo from everybody.
${printContent(renderSudoers(ssh.user))} > /etc/sudoers.d/.hive-new
chmod 0440 /etc/sudoers.d/.hive-new
visudo --check --quiet --file /etc/sudoers.d/.hive-new || fail "the sudo rule of $user is not valid"
mv -f /etc/sudoers.d/.hive-new /etc/sudoers.d/hive
mkdir -p ${folder}
${printContent(authorizedKeys(ssh.operators))} > ${folder}/.hive-new
chmod 0644 ${folder}/.hive-new
mv -f ${folder}/.hive-new ${quote(list)}
if [ ! -e ${sshdDropIn} ]; then
  ${printContent(`# Kept by hive: where the keys of its admin user lie.\nAuthorizedKeysFile ${authorizedKeysPath("%u")} .ssh/authorized_keys\n`)} > ${sshdDropIn}
  mkdir -p /run/sshd
  sshd -t || { rm -f ${sshdDropIn}; fail "sshd does not take ${sshdDropIn}"; }
  systemctl try-reload-or-restart ssh.service
fi
sshd -T 2> /dev/null | grep -i '^authorizedkeysfile .*${folder}/' > /dev/null ||
  fail "sshd does not read ${sshdDropIn}: it needs the line 'Include /etc/ssh/sshd_config.d/*.conf' at the beginning of /etc/ssh/sshd_config"
echo "admin user is ready"
`.trim();
}

/**
 * The command of the first contact, for the login shell of root or of a user with sudo rights: runs
 * {@link adminUserScript}. If sudo asks for a password, the command reads it from its standard
 * input.
 */
export function adminUserCommand(plan: Pick<Plan, "ssh">): string {
  const run = commandLine(
    ...["timeout", "--kill-after=10", String(firstContactSeconds)],
    ...["bash", "-c", adminUserScript(plan), "hive: admin user"],
  );
  return `run() { "$@" ${run}; }; if [ "$(id -u)" = 0 ]; then run env; elif sudo -n true 2> /dev/null; then run sudo -n; else run sudo -S -p ''; fi`;
}

/** Limit of the removal's script on a server, seconds. */
export const removalSeconds = 300;

/**
 * The command with which the admin user removes hive from a server: the Swarm's membership,
 * containers, images, networks and volumes of the site, units, programs and settings. The Docker
 * Engine, installed packages and the admin user stay. It may run any number of times, and goes on
 * after a failed part; it prints a line `left …` for each of them.
 */
export function removalCommand(plan: Plan): string {
  const registry = plan.registry.address;
  const site = quote(`label=hive.site=${plan.siteName}`);
  const script = `
set -u
export PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C
part() {
  local what=$1
  shift
  local said
  said=$(timeout --kill-after=5 100 bash -c "$1" 2>&1 < /dev/null) || echo "left $what: $(printf %s "$said" | tail -n 1)"
}
${[
  [
    "the membership of the Swarm",
    `if command -v docker > /dev/null && [ "$(docker info --format '{{.Swarm.LocalNodeState}}')" != inactive ]; then docker swarm leave --force; fi`,
  ],
  [
    "units",
    `cd /etc/systemd/system
for unit in hive-*.service hive-*.timer; do
  [ -e "$unit" ] || continue
  [ "$unit" = hive-firewall.service ] || systemctl stop "$unit" || true
  systemctl disable "$unit" || true
  rm -f "$unit"
done
rm -rf docker.service.d/10-hive.conf
rmdir docker.service.d 2> /dev/null || true
systemctl daemon-reload
systemctl reset-failed || true`,
  ],
  [
    "containers, volumes and images",
    `command -v docker > /dev/null || exit 0
[ "$(docker info --format '{{.Swarm.LocalNodeState}}')" != inactive ] || docker ps --all --quiet --filter label=com.docker.swarm.node.id | xargs --no-run-if-empty docker rm --force --volumes
docker ps --all --quiet --filter name='^hive-registry$' | xargs --no-run-if-empty docker rm --force --volumes
docker volume ls --quiet --filter ${site} | xargs --no-run-if-empty docker volume rm
docker volume ls --quiet --filter name='^hive-registry$' | xargs --no-run-if-empty docker volume rm
docker images --format '{{.Repository}} {{.ID}}' | awk -v registry=${quote(`${registry}/`)} 'index($1, registry) == 1 || $1 == "hive/registry" { print $2 }' | sort --unique | xargs --no-run-if-empty docker rmi --force`,
  ],
  [
    "the firewall",
    `! command -v nft > /dev/null || ! nft list table inet hive > /dev/null 2>&1 || nft delete table inet hive
! command -v iptables > /dev/null || ! iptables --wait 10 --check DOCKER-USER --match conntrack --ctstate DNAT --jump ACCEPT 2> /dev/null ||
  iptables --wait 10 --delete DOCKER-USER --match conntrack --ctstate DNAT --jump ACCEPT`,
  ],
  [
    "names in /etc/hosts",
    `[ -e /etc/hive/hosts ] || exit 0
new=$(mktemp)
awk 'FNR == NR { ours[$2] = 1; next } NF == 2 && ($2 in ours) { next } { print }' /etc/hive/hosts /etc/hosts > "$new"
cat "$new" > /etc/hosts
rm -f "$new"
grep -q "[[:space:]]$(uname -n)\\$" /etc/hosts || printf '127.0.1.1\\t%s\\n' "$(uname -n)" >> /etc/hosts`,
  ],
  [
    "files",
    `rm -rf /etc/hive /usr/local/lib/hive /var/lib/hive ${commandLine(`/etc/docker/certs.d/${registry}`)}
rm -f /etc/sysctl.d/80-hive.conf /etc/systemd/journald.conf.d/10-hive.conf
${leaveSystemStore(plan.siteName)}
systemctl restart systemd-journald.service`,
  ],
  [
    "settings of the Docker Engine",
    `rm -f /etc/docker/daemon.json
! systemctl is-active --quiet docker.service || systemctl restart docker.service`,
  ],
  [
    "settings of sshd",
    `rm -f /etc/ssh/sshd_config.d/10-hive.conf
sshd -t
systemctl try-reload-or-restart ssh.service`,
  ],
]
  .map(([what = "", script = ""]) => commandLine("part", what, `set -eu\n${script}`))
  .join("\n")}
echo "removed"
`.trim();
  return asRoot({ title: "removal", script, readsInput: false, timeoutSeconds: removalSeconds });
}
