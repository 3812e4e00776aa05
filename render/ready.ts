import { commandLine } from "./shell";
import { refuseOtherSystems } from "./systems";

/** Limit of the wait for a cloud's first-boot set-up, seconds. */
const cloudInitSeconds = 300;

/** Limit of the wait for systemd to finish booting, seconds. */
const bootSeconds = 90;

/** The bash text of {@link readyStep}. It defines `fail`. */
export const readyScript = `
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
    124) fail "cloud-init did not finish within ${cloudInitSeconds} s; see /var/log/cloud-init-output.log on the host" ;;
    *) fail "cloud-init failed; see /var/log/cloud-init-output.log on the host. Its output: $said" ;;
  esac
fi
# Asked repeatedly: "--wait" misses the end of the boot if that comes while it subscribes, and then waits for ever.
end=$((SECONDS + ${bootSeconds}))
state=unknown
while [ $SECONDS -lt $end ]; do
  state=$(timeout 10 systemctl is-system-running 2> /dev/null || true)
  case $state in running | degraded) break ;; esac
  sleep 0.1
done
case $state in
  running) ;;
  # No reason to stop: a unit that has nothing to do with hive may fail for ever, and hive's steps check what they need.
  degraded)
    echo "note: units failed at boot; look with 'journalctl -b -u <unit>': $(systemctl --failed --no-legend --plain | cut -d ' ' -f 1 | tr '\\n' ' ')"
    ;;
  *)
    systemctl list-jobs --no-legend >&2
    fail "it did not finish booting within ${bootSeconds} s (state: \${state:-unknown}; its open jobs are listed above)"
    ;;
esac
echo "ready"
`.trim();

/**
 * The gate that opens when a server has booted: refuses a system that the set-up of hosts does not
 * support, and waits for the first-boot set-up of a cloud, if there is one, and until systemd has
 * started everything. It prints `ready`, or fails with the names of the units that it waits for. It
 * changes nothing and needs no privilege.
 */
export function readyStep(): string {
  return commandLine("bash", "-c", readyScript, "hive: ready");
}
