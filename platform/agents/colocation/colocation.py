"""Keeps the node label `hive.with.<leader>` on the node of each leader's task. The Swarm then moves
the followers.

The agent runs on every server, but only the leader of the Swarm acts. It stores no state: after a
lost answer, a lost write or a lost server, the next look sees what is still to do. If two agents
write at the same time, the Swarm rejects one of them, because the node's version has changed.
"""

import os
import sys
import time

import decision

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from engine_client import Engine, EngineError  # noqa: E402

# Interval while a group exists. It adds at most this much to a failover.
LOOK_SECONDS = 0.5
# Interval while there is no group, and on servers that do not lead the Swarm.
IDLE_SECONDS = 1
# After the loss of a leader, requests to a manager hang until the next leader is elected. A short
# timeout asks again soon.
TIMEOUT_SECONDS = 2


class Agent:
    """Looks at the Swarm through one Docker Engine, and logs each error once."""

    def __init__(self, engine):
        self.engine = engine
        self.node_id = None
        self.said = None

    def look(self):
        """Looks once and corrects the labels. Returns whether there is any group."""
        if self.node_id is None:
            self.node_id = self.engine.manager_id()
        if self.node_id is None:
            return False
        nodes = self.engine.nodes()
        if not leads(self.node_id, nodes):
            return False
        services = self.engine.services()
        leaders = decision.leaders(services)
        changes = decision.changes(self._places(leaders, services), nodes)
        if not self._let_jobs_rest(decision.jobs_with_a_run(services, changes)):
            return True
        for node, labels in changes:
            if self.engine.update_node(node, {**node["Spec"], "Labels": labels}):
                print(f"{node['Description']['Hostname']}: {described(labels)}", flush=True)
        self.said = None
        return bool(leaders)

    def look_safely(self):
        """Like `look`, but logs an error once; the next look tries again."""
        try:
            return self.look()
        except (OSError, EngineError) as error:
            # The Docker Engine may have left the Swarm and joined again as another node.
            self.node_id = None
            if self.said != str(error):
                self.said = str(error)
                print(f"Docker Engine: {error}", flush=True)
            return True

    def _let_jobs_rest(self, jobs):
        """Ends the complete runs among these, so that no run is repeated where the label goes.

        Returns whether all changes were accepted. If not, the next look sees what is still to do.
        """
        tasks = self.engine.tasks(*[job["ID"] for job in jobs]) if jobs else []
        for job in jobs:
            if decision.has_ended_well(job, tasks):
                if not self.engine.update(job, decision.at_rest(job)):
                    return False
                print(f"{job['Spec']['Name']}: its run is complete, and is not repeated", flush=True)
        return True

    def _places(self, leaders, services):
        ids = {
            service["ID"]: service["Spec"]["Name"]
            for service in services
            if service["Spec"]["Name"] in leaders
        }
        tasks = self.engine.tasks(*ids) if ids else []
        places = dict.fromkeys(leaders)
        for service_id, name in ids.items():
            places[name] = decision.node_of(
                [task for task in tasks if task["ServiceID"] == service_id]
            )
        return places


def leads(node_id, nodes):
    """Whether a node leads the Swarm, according to the list of all nodes."""
    return any(
        node["ID"] == node_id and (node.get("ManagerStatus") or {}).get("Leader") for node in nodes
    )


def described(labels):
    """A node's labels in words, for the journal."""
    leaders = sorted(
        key[len(decision.PREFIX) :] for key in labels if key.startswith(decision.PREFIX)
    )
    if not leaders:
        return "no followers run here any more"
    return f"followers of {', '.join(leaders)} run here"


def main():
    agent = Agent(Engine(timeout=TIMEOUT_SECONDS))
    while True:
        time.sleep(LOOK_SECONDS if agent.look_safely() else IDLE_SECONDS)


if __name__ == "__main__":
    main()
