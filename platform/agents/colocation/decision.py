"""Decides which node gets the label of a group of services, and which jobs have ended before it
moves: pure functions over what the Swarm reports.
"""

import re

PREFIX = "hive.with."
# The same label as in model/swarm/labels.ts.
ENDED_LABEL = "hive.job.ended"
# The same rule as in model/service/colocation.ts.
FOLLOWS = re.compile(r"\s*node\.labels\.hive\.with\.(\S+?)\s*==\s*true\s*", re.IGNORECASE)


def leaders(services):
    """Names of the services that others follow, from the placement constraints of the followers."""
    return {leader for service in services for leader in _followed(service)}


def _followed(service):
    placement = service["Spec"]["TaskTemplate"].get("Placement") or {}
    matches = (FOLLOWS.fullmatch(each) for each in placement.get("Constraints") or [])
    return {match.group(1) for match in matches if match}


def node_of(tasks):
    """The node where a leader's task runs or will run; None while it has no node.

    A task counts as soon as the Swarm has chosen its node. It may not be able to run before the
    followers on the old node release a volume. While a running task is meant to continue, a new
    task is only an attempt (of a roll-out that starts first), so the running task takes precedence.
    """
    meant = [task for task in tasks if task["DesiredState"] == "running" and task.get("NodeID")]
    meant.sort(key=lambda task: (task["Status"]["State"] == "running", task["CreatedAt"]))
    return meant[-1]["NodeID"] if meant else None


def changes(places, nodes):
    """The nodes whose labels must change, as pairs of a node and its new labels.

    places: for each leader, the id of the node where its followers belong. None if the leader has
    no task on a node: its label then stays where it is, because no better node is known, and a
    follower that fails alone starts again on the same node.

    Nodes that lose a label come before nodes that get one, so that no follower ever has a choice of
    two nodes.
    """
    losing, getting = [], []
    for node in nodes:
        labels = node["Spec"].get("Labels") or {}
        kept = {
            key: value
            for key, value in labels.items()
            if not key.startswith(PREFIX) or _stays(key[len(PREFIX) :], node["ID"], places)
        }
        here = {PREFIX + leader: "true" for leader, place in places.items() if place == node["ID"]}
        # A node that both loses and gets labels needs one write; it counts as one that loses.
        if {**kept, **here} == labels:
            continue
        (losing if kept != labels else getting).append((node, {**kept, **here}))
    return losing + getting


def jobs_with_a_run(services, changed):
    """Jobs with a wanted run that follow a leader whose label a node loses by `changed`."""
    lost = {
        key[len(PREFIX) :]
        for node, labels in changed
        for key in node["Spec"].get("Labels") or {}
        if key.startswith(PREFIX) and key not in labels
    }
    return [
        service
        for service in services
        if (service["Spec"]["Mode"].get("ReplicatedJob") or {}).get("TotalCompletions")
        and _followed(service) & lost
    ]


def has_ended_well(job, tasks):
    """Whether a job's present run is complete."""
    return any(
        task["Status"]["State"] == "complete" and _iteration(task) == _iteration(job.get("JobStatus"))
        for task in tasks
        if task["ServiceID"] == job["ID"]
    )


def at_rest(job):
    """The specification of a job whose run is complete, such that the Swarm wants no run any more.

    The Swarm undoes a complete run when its node no longer meets the constraints, and runs it again
    on the node that does. Each change of a job begins a new iteration; the label says of which one
    the run before was complete.
    """
    spec = job["Spec"]
    ended = str(_iteration(job.get("JobStatus")) + 1)
    return {
        **spec,
        "Labels": {**(spec.get("Labels") or {}), ENDED_LABEL: ended},
        "Mode": {"ReplicatedJob": {**spec["Mode"]["ReplicatedJob"], "TotalCompletions": 0}},
    }


def _iteration(job):
    return ((job or {}).get("JobIteration") or {}).get("Index", 0)


def _stays(leader, node_id, places):
    return leader in places and places[leader] in (None, node_id)
