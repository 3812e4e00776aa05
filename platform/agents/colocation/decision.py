"""Decides which node gets the label of a group of services: pure functions over what the Swarm
reports.
"""

import re

PREFIX = "hive.with."
# The same rule as in model/service/colocation.ts.
FOLLOWS = re.compile(r"\s*node\.labels\.hive\.with\.(\S+?)\s*==\s*true\s*", re.IGNORECASE)


def leaders(services):
    """Names of the services that others follow, from the placement constraints of the followers."""
    found = set()
    for service in services:
        placement = service["Spec"]["TaskTemplate"].get("Placement") or {}
        for constraint in placement.get("Constraints") or []:
            match = FOLLOWS.fullmatch(constraint)
            if match:
                found.add(match.group(1))
    return found


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


def _stays(leader, node_id, places):
    return leader in places and places[leader] in (None, node_id)
