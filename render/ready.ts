import { goodMember } from "./engine-restart";
import { commandLine } from "./shell";
import { refuseOtherSystems } from "./systems";

/** Bound of the wait for a cloud's first-boot set-up, seconds. */
const cloudInitSeconds = 300;

/** Bound of the wait for systemd to finish booting, seconds. */
const bootSeconds = 90;

/** Bound of the wait for a server's place in the Swarm, seconds: an election and the catching up with the others' log. */
const swarmSeconds = 120;

/** Bound of the wait for the tasks that the Swarm wants on the server, seconds. */
const tasksSeconds = 60;

const script = `
set -u
fail() {
  echo "hive: $(uname -n) is not ready: $*" >&2
  exit 1
}
${refuseOtherSystems}
if command -v cloud-init > /dev/null; then
  status=0
  said=$(timeout ${cloudInitSeconds} cloud-init status --wait --long 2>&1) || status=$?
  # 2: done, with errors that it recovered from (cloud-init 23.4 and newer).
  case $status in
    0) ;;
    2) echo "note: cloud-init ended with recoverable errors" ;;
    124) fail "cloud-init did not end within ${cloudInitSeconds} s; see /var/log/cloud-init-output.log on the host" ;;
    *) fail "cloud-init failed; see /var/log/cloud-init-output.log on the host. It says: $said" ;;
  esac
fi
# Asked again and again: "--wait" misses the end of the boot when that comes while it subscribes, and then waits for ever.
end=$((SECONDS + ${bootSeconds}))
state=unknown
while [ $SECONDS -lt $end ]; do
  state=$(timeout 10 systemctl is-system-running 2> /dev/null || true)
  case $state in running | degraded) break ;; esac
  sleep 0.1
done
case $state in
  running) ;;
  # No reason to stop: a unit that has nothing to do with hive may fail for ever, and what hive needs is checked by its steps.
  degraded)
    echo "note: units failed at boot; look with 'journalctl -b -u <unit>': $(systemctl --failed --no-legend --plain | cut -d ' ' -f 1 | tr '\\n' ' ')"
    ;;
  *)
    systemctl list-jobs --no-legend >&2
    fail "it did not finish booting within ${bootSeconds} s (state: \${state:-unknown}; above, what it waits for)"
    ;;
esac
# A server that was replaced has the data of the engine from before, and with them its place in the Swarm.
${goodMember}
member=$(timeout 20 docker info --format '{{.Swarm.LocalNodeState}}' 2> /dev/null || true)
case $member in
  active | pending | error)
    end=$((SECONDS + ${swarmSeconds}))
    until good > /dev/null 2>&1; do
      if [ $SECONDS -ge $end ]; then
        timeout 5 docker node ls >&2
        fail "it is a member of a Swarm, and is not back as a reachable one within ${swarmSeconds} s. If other servers are away, bring them back first (docker start <server> for a container). If the Swarm has removed this one meanwhile, run 'sudo docker swarm leave --force' on it. Then run again"
      fi
      sleep 0.5
    done
    # What serves on every server serves here again before the next one is taken away.
    end=$((SECONDS + ${tasksSeconds}))
    absent() {
      timeout 10 docker node ps self --filter desired-state=running --format '{{.Name}} {{.CurrentState}}' | grep -v ' Running '
    }
    while tasks=$(absent 2> /dev/null); do
      if [ $SECONDS -ge $end ]; then
        echo "note: tasks that do not run here within ${tasksSeconds} s: $(printf '%s' "$tasks" | tr '\\n' ';')"
        break
      fi
      sleep 0.5
    done
    ;;
esac
echo "ready"
`.trim();

/**
 * The gate that opens when a server has booted: refuses a system that the set-up of hosts does not support, and waits for the first-boot set-up of a cloud, where there is one, and until
 * systemd has started everything; where the server was a member of a Swarm before, also until it is a good one again. Prints `ready`;
 * fails with the names of failed or waiting units. Changes nothing and needs no privilege.
 */
export function readyStep(): string {
  return commandLine("bash", "-c", script, "hive: ready");
}
