"""Keeps the node label `hive.with.<leader>` on the node of each leader's task; the Swarm moves the followers.

Runs on every server; only the one that leads the Swarm acts. It keeps nothing: what is lost (an answer, a write, a server) is seen
at the next look, and of two that write at the same time the Swarm refuses one by the node's version.
"""

import os
import sys
import time

import decision

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from engine_client import Engine, EngineError  # noqa: E402

# While a group exists. A failover takes this much longer at most.
LOOK_SECONDS = 0.5
# While there is none, and on servers that do not lead the Swarm.
IDLE_SECONDS = 1
# After the loss of a leader a manager lets requests hang until the next one is elected; the sooner it is asked again, the better.
TIMEOUT_SECONDS = 2


class Agent:
    """Looks at the Swarm through one engine, and says each thing once."""

    def __init__(self, engine):
        self.engine = engine
        self.node_id = None
        self.said = None

    def look(self):
        """Looks once, and mends what differs. Returns whether there is anything to look after."""
        if self.node_id is None:
            self.node_id = self.engine.manager_id()
        if self.node_id is None:
            return False
        nodes = self.engine.nodes()
        if not leads(self.node_id, nodes):
            return False
        services = self.engine.services()
        leaders = decision.leaders(services)
        for node, labels in decision.changes(self._places(leaders, services), nodes):
            if self.engine.update_node(node, {**node["Spec"], "Labels": labels}):
                print(f"{node['Description']['Hostname']}: {described(labels)}", flush=True)
        self.said = None
        return bool(leaders)

    def look_safely(self):
        """As `look`; what did not work is said, once, and tried again at the next look."""
        try:
            return self.look()
        except (OSError, EngineError) as error:
            # The engine may have left the Swarm, and come back as another node.
            self.node_id = None
            if self.said != str(error):
                self.said = str(error)
                print(f"engine: {error}", flush=True)
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
    """Whether a node leads the Swarm, by the list of all."""
    return any(
        node["ID"] == node_id and (node.get("ManagerStatus") or {}).get("Leader") for node in nodes
    )


def described(labels):
    """What a node's labels mean, for the journal."""
    leaders = sorted(
        key[len(decision.PREFIX) :] for key in labels if key.startswith(decision.PREFIX)
    )
    if not leaders:
        return "no service follows another one here any more"
    return f"services that follow {', '.join(leaders)} run here"


def main():
    agent = Agent(Engine(timeout=TIMEOUT_SECONDS))
    while True:
        time.sleep(LOOK_SECONDS if agent.look_safely() else IDLE_SECONDS)


if __name__ == "__main__":
    main()
