"""Runs the colocation agent against a scripted Swarm.

Reads cases as JSON from standard input and writes results as JSON.
"""

import json
import sys

sys.path.insert(0, sys.argv[1])
sys.dont_write_bytecode = True

import colocation  # noqa: E402
from engine_client import EngineError  # noqa: E402


class ScriptedEngine:
    """A Swarm as a case describes it, as one of its servers sees it; accepts changes."""

    def __init__(self, case):
        self.case = case
        self.asked = []
        self.writes = []

    def manager_id(self):
        self.asked.append("manager_id")
        return self.case.get("self")

    def nodes(self):
        self.asked.append("nodes")
        if "broken" in self.case:
            raise EngineError(503, self.case["broken"])
        return self.case["nodes"]

    def services(self):
        self.asked.append("services")
        return self.case["services"]

    def tasks(self, *ids):
        self.asked.append("tasks")
        return [task for task in self.case["tasks"] if task["ServiceID"] in ids]

    def update(self, service, spec):
        self.writes.append([service["ID"], spec])
        if not self.case.get("accepts", True):
            return False
        service["Spec"] = spec
        return True

    def update_node(self, node, spec):
        self.writes.append([node["ID"], spec])
        if not self.case.get("accepts", True):
            return False
        node["Spec"] = spec
        return True


def look(case):
    """Looks twice: after the first look, the second must find nothing to write."""
    engine = ScriptedEngine(case)
    agent = colocation.Agent(engine)
    busy = agent.look_safely()
    first, asked = engine.writes, engine.asked
    engine.writes, engine.asked = [], []
    agent.look_safely()
    return {"busy": busy, "writes": first, "again": engine.writes, "asked": asked}


# The agent's own output must not mix with the results.
answers, sys.stdout = sys.stdout, sys.stderr
json.dump([look(case) for case in json.load(sys.stdin)], answers)
