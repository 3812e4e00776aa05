/** Bound of the wait for the engine, and for its Swarm membership, after a restart, seconds. */
export const restartSeconds = 60;

/** Prints `true` if this engine is a manager of a Swarm. */
const isManager = `docker info --format '{{and (eq .Swarm.LocalNodeState "active") .Swarm.ControlAvailable}}'`;

/**
 * A command for bash that goes before a restart of the engine. It ends with an error if the restart
 * could cost the Swarm its majority. An engine that does not run, or is not a manager, is no part
 * of a majority.
 */
export const othersReachable = `
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

/**
 * Bound of the wait for tasks to leave the server before its engine restarts, seconds. What has not
 * left by then stops with it.
 */
export const leaveSeconds = 90;

/**
 * Marks on the host that hive has drained the node, so that it takes that back, and nobody else's
 * drain.
 */
const drainedMark = "/var/lib/hive/drained-for-restart";

/**
 * A command for bash that goes before a restart of the engine, after {@link othersReachable}: lets
 * the tasks of a member of a Swarm run elsewhere first. Tasks that find no other server stop with
 * the engine, as without it. A run that is cut off leaves a mark, and the next one goes on from
 * there.
 */
export const leaveFirst = `
systemctl is-active --quiet docker.service || exit 0
[ "$(timeout 20 ${isManager})" = true ] || exit 0
[ "$(timeout 20 docker node inspect self --format '{{.Spec.Availability}}')" = active ] || exit 0
: > ${drainedMark}
timeout 20 docker node update --availability drain "$(docker info --format '{{.Swarm.NodeID}}')" > /dev/null
end=$((SECONDS + ${leaveSeconds}))
while timeout 10 docker ps --quiet --filter label=com.docker.swarm.task.id | grep . > /dev/null; do
  [ "$SECONDS" -lt "$end" ] || exit 0
  sleep 0.5
done
`.trim();

/**
 * A command for bash that goes after a restart, when the engine is back: ends what
 * {@link leaveFirst} began.
 */
export const returnAfter = `
[ -e ${drainedMark} ] || exit 0
timeout 20 docker node update --availability active "$(docker info --format '{{.Swarm.NodeID}}')" > /dev/null
rm -f ${drainedMark}
`.trim();

/**
 * Defines `good` for bash: whether the engine answers and, if it is a member of a Swarm, is Ready
 * and, as a manager, reachable.
 */
export const goodMember = `
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
`.trim();

/**
 * A command for bash that goes after a restart: waits until the engine answers and, if it is a
 * member of a Swarm, until it is a good one again.
 */
export const engineBack = `
end=$((SECONDS + ${restartSeconds}))
${goodMember}
until good > /dev/null 2>&1; do
  if [ "$SECONDS" -ge "$end" ]; then
    good || true
    echo "The Docker Engine was restarted and is not back within ${restartSeconds} s; look with 'journalctl -u docker.service' and 'docker info'."
    exit 1
  fi
  sleep 0.5
done
`.trim();

/**
 * Bound of the wait for a server's place in the Swarm, seconds: an election and the catching up
 * with the others' log.
 */
export const rejoinSeconds = 120;

/**
 * A check for bash: a server that is a member of a Swarm is a good one. One that was replaced has
 * its place in the data of its engine.
 */
export const inItsSwarm = `${goodMember}\ngood`;

/** Bound of the wait for the tasks that the Swarm wants on the server, seconds. */
export const tasksSeconds = 60;

/**
 * A command for bash that waits until what serves on every server serves here again, before the
 * next one is taken away. Tasks that cannot run are not waited for longer than
 * {@link tasksSeconds}: they are another matter.
 */
export const tasksBack = `
[ "$(timeout 5 ${isManager})" = true ] || exit 0
end=$((SECONDS + ${tasksSeconds}))
while timeout 10 docker node ps self --filter desired-state=running --format '{{.Name}} {{.CurrentState}}' | grep -v ' Running ' > /dev/null; do
  [ "$SECONDS" -lt "$end" ] || exit 0
  sleep 0.5
done
`.trim();
