"""On which node the label of a group of services belongs: a decision over what the Swarm says, and nothing else."""

import re

PREFIX = "hive.with."
# The rule of model/service/colocation.ts.
FOLLOWS = re.compile(r"\s*node\.labels\.hive\.with\.(\S+?)\s*==\s*true\s*", re.IGNORECASE)


def leaders(services):
    """Names of the services that others follow, by the placement constraints of those."""
    found = set()
    for service in services:
        placement = service["Spec"]["TaskTemplate"].get("Placement") or {}
        for constraint in placement.get("Constraints") or []:
            match = FOLLOWS.fullmatch(constraint)
            if match:
                found.add(match.group(1))
    return found


def node_of(tasks):
    """The node on which a leader's task is, or is going to be; None while it has none.

    It counts once the Swarm has chosen the node: to run, the task may have to wait for the volume that followers hold on the old
    one. Beside a task that runs and is to go on, another one is an attempt (a roll-out that starts it first) and counts less.
    """
    meant = [task for task in tasks if task["DesiredState"] == "running" and task.get("NodeID")]
    meant.sort(key=lambda task: (task["Status"]["State"] == "running", task["CreatedAt"]))
    return meant[-1]["NodeID"] if meant else None


def changes(places, nodes):
    """What the labels of nodes have to become.

    places: by leader the id of the node that its followers belong on; None for a leader that has no task on a node, whose label
    stays where it is: a better place is not known, and a follower that is lost alone comes back on the same node.
    Returns pairs of a node and its new labels. Nodes that lose a label come before those that get one, so that no follower has
    two nodes to choose from.
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
        # What one node loses and gets is one change: it is written with those that lose.
        if {**kept, **here} == labels:
            continue
        (losing if kept != labels else getting).append((node, {**kept, **here}))
    return losing + getting


def _stays(leader, node_id, places):
    return leader in places and places[leader] in (None, node_id)
