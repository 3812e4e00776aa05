/**
 * Limit of the wait for the Docker Engine, and for its Swarm membership, after a restart, seconds.
 */
export const restartSeconds = 60;

/** Prints `true` if this engine is a manager of a Swarm. */
const isManager = `docker info --format '{{and (eq .Swarm.LocalNodeState "active") .Swarm.ControlAvailable}}'`;

/**
 * Limit of the wait for managers that do not answer, before a restart is refused, seconds. After an
 * election the Swarm calls every node unknown until it has reported again, which takes seconds.
 */
export const othersSeconds = 30;

/**
 * A command for bash that runs before a restart of the engine. It fails if the restart could cost
 * the Swarm its majority, and waits {@link othersSeconds} for managers that only come back slowly.
 * An engine that does not run, or is not a manager, does not count for the majority.
 */
export const othersReachable = `
systemctl is-active --quiet docker.service || exit 0
[ "$(timeout 20 ${isManager})" = true ] || exit 0
end=$((SECONDS + ${othersSeconds}))
while :; do
  if managers=$(timeout 20 docker node ls --filter role=manager --format '{{.Self}} {{.Hostname}} {{.Status}} {{.ManagerStatus}}' 2>&1); then
    lost=$(printf '%s\\n' "$managers" | awk '$1 != "true" && ($3 != "Ready" || ($4 != "Reachable" && $4 != "Leader")) { print $2 }')
    [ -n "$lost" ] || exit 0
    why="these managers of the Swarm cannot be reached now: "$(echo $lost)"
A restart could cost the Swarm its majority. Bring them back, or remove them from the Swarm, then run again."
  else
    why="the Swarm has no majority now (docker node ls failed: $managers). Bring the other managers back, then run again."
  fi
  [ "$SECONDS" -lt "$end" ] || break
  sleep 0.5
done
echo "The Docker Engine must restart, but $why"
exit 1
`.trim();

/**
 * Limit of the wait for tasks to leave the server before its engine restarts, seconds. Tasks that
 * have not left by then stop with the engine.
 */
export const leaveSeconds = 90;

/**
 * Marks on the host that hive has drained the node, so that hive ends its own drain, and nobody
 * else's.
 */
const drainedMark = "/var/lib/hive/drained-for-restart";

/**
 * A command for bash that runs before a restart of the engine, after {@link othersReachable}: it
 * drains the node, so that tasks run elsewhere first. Tasks without another server stop with the
 * engine. An interrupted run leaves a mark, and the next run goes on from there.
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
 * A command for bash that runs after a restart, when the engine is back: it ends the drain of
 * {@link leaveFirst}.
 */
export const returnAfter = `
[ -e ${drainedMark} ] || exit 0
timeout 20 docker node update --availability active "$(docker info --format '{{.Swarm.NodeID}}')" > /dev/null
rm -f ${drainedMark}
`.trim();

/**
 * Defines the bash function `good`: whether the engine answers and, if it is a member of a Swarm,
 * is Ready and, as a manager, reachable.
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
 * A command for bash that runs after a restart: it waits until the engine answers and, if it is a
 * member of a Swarm, is a `good` one again.
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
 * Limit of the wait for a server to be back in the Swarm, seconds: an election, and catching up
 * with the others' log.
 */
export const rejoinSeconds = 120;

/**
 * A check for bash: a server that is a member of a Swarm is a `good` one. A replaced server keeps
 * its membership in the data of its engine.
 */
export const inItsSwarm = `${goodMember}\ngood`;

/** Limit of the wait for the tasks that the Swarm wants on the server, seconds. */
export const tasksSeconds = 60;

/**
 * A command for bash that waits until the tasks of this server run again, before the next server
 * restarts. It waits for tasks that cannot run at most {@link tasksSeconds}: they are a separate
 * problem.
 */
export const tasksBack = `
[ "$(timeout 5 ${isManager})" = true ] || exit 0
end=$((SECONDS + ${tasksSeconds}))
while timeout 10 docker node ps self --filter desired-state=running --format '{{.Name}} {{.CurrentState}}' | grep -v ' Running ' > /dev/null; do
  [ "$SECONDS" -lt "$end" ] || exit 0
  sleep 0.5
done
`.trim();
