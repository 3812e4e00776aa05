import type { HostPlan, Plan } from "../model/plan";
import { renderConverge } from "./converge";
import {
  daemonJsonPath,
  dockerDropInPath,
  renderDaemonJson,
  renderDockerDropIn,
} from "./daemon-json";
import { quote } from "./shell";

/** Bound of the wait for the engine, and for its Swarm membership, after a restart, seconds. */
const restartSeconds = 60;

/** Where the engine looks for the authority that signed a registry's certificate; read anew with every connection. */
export function registryAuthorityPath(plan: Plan): string {
  return `/etc/docker/certs.d/${plan.registry.address}/ca.crt`;
}

/**
 * The converge step for the Docker Engine: its settings, and trust in the site's authority.
 *
 * Where the engine must restart on a manager of a Swarm, it does so only while all other managers are reachable, and the
 * step succeeds only when this one is back: Ready and reachable. The hosts' steps run one after the other, so the Swarm
 * keeps its majority throughout.
 *
 * @param authorityCertificate PEM of the site's own authority
 */
export function engineStep(plan: Plan, host: HostPlan, authorityCertificate: string): string {
  const certificate = `${authorityCertificate.trim()}\n`;
  const trustPath = `/usr/local/share/ca-certificates/hive-${plan.siteName}.crt`;
  return renderConverge({
    title: "engine",
    files: [
      { path: daemonJsonPath, mode: "0644", content: renderDaemonJson() },
      { path: dockerDropInPath, mode: "0644", content: renderDockerDropIn() },
      { path: registryAuthorityPath(plan), mode: "0644", content: certificate },
      { path: trustPath, mode: "0644", content: certificate },
    ],
    packages: [{ name: "docker.io", unlessCommand: "dockerd" }],
    reactions: [
      { name: "trust-authority", on: [trustPath], run: ["update-ca-certificates"] },
      {
        name: "restart-engine",
        on: [daemonJsonPath, dockerDropInPath],
        run: [
          othersReachable,
          `systemctl daemon-reload\nsystemctl restart docker.service`,
          engineBack,
        ],
        timeoutSeconds: restartSeconds + 30,
      },
    ],
    always: [
      `
if ! systemctl is-enabled --quiet docker.service || ! systemctl is-active --quiet docker.service; then
  systemctl enable --now docker.service
  echo "changed docker.service to enabled and started"
fi
if ! id -nG ${quote(plan.ssh.user)} | tr ' ' '\\n' | grep -x docker > /dev/null; then
  usermod --append --groups docker ${quote(plan.ssh.user)}
  echo "changed groups of ${quote(plan.ssh.user)}"
fi
`.trim(),
    ],
    checks: [
      {
        what: "the Docker Engine answers",
        run: "docker info > /dev/null",
        withinSeconds: restartSeconds,
        remedy: "look with 'journalctl -u docker.service' on the host",
      },
      {
        what: `the Docker Engine knows itself as ${host.name}`,
        run: `test "$(docker info --format '{{.Name}}')" = ${quote(host.name)}`,
        remedy:
          "the host's name was changed after its engine started: restart docker.service on the host",
      },
    ],
    timeoutSeconds: 900,
  });
}

/** Prints `true` if this engine is a manager of a Swarm. */
const isManager = `docker info --format '{{and (eq .Swarm.LocalNodeState "active") .Swarm.ControlAvailable}}'`;

/**
 * Ends with an error if a restart could cost the Swarm its majority. An engine that does not run, or is not a manager, is
 * no part of a majority.
 */
const othersReachable = `
systemctl is-active --quiet docker.service || exit 0
[ "$(timeout 20 ${isManager})" = true ] || exit 0
managers=$(timeout 20 docker node ls --filter role=manager --format '{{.Self}} {{.Hostname}} {{.Status}} {{.ManagerStatus}}') || {
  echo "The Docker Engine must restart, but the Swarm has no majority now (docker node ls failed). Bring the other managers back, then run again."
  exit 1
}
lost=$(printf '%s\\n' "$managers" | awk '$1 != "true" && ($3 != "Ready" || ($4 != "Reachable" && $4 != "Leader")) { print $2 }')
[ -z "$lost" ] || {
  echo "The Docker Engine must restart, but these managers of the Swarm cannot be reached now:" $lost
  echo "A restart could cost the Swarm its majority. Bring them back, or remove them from the Swarm, then run again."
  exit 1
}
`.trim();

/** Waits until the engine answers and, if it is a member of a Swarm, until it is a good one again. */
const engineBack = `
end=$((SECONDS + ${restartSeconds}))
good() {
  local state self
  state=$(timeout 5 docker info --format '{{.Swarm.LocalNodeState}}') || return 1
  case $state in
    inactive) return 0 ;;
    active) ;;
    *) return 1 ;;
  esac
  [ "$(timeout 5 ${isManager})" = true ] || return 0
  self=$(timeout 5 docker node inspect self --format '{{.Status.State}} {{.ManagerStatus.Reachability}}') || return 1
  [ "$self" = "ready reachable" ]
}
until good > /dev/null 2>&1; do
  if [ "$SECONDS" -ge "$end" ]; then
    good || true
    echo "The Docker Engine was restarted and is not back within ${restartSeconds} s; look with 'journalctl -u docker.service' and 'docker info'."
    exit 1
  fi
  sleep 0.5
done
`.trim();
