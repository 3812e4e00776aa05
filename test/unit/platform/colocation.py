"""Lets the colocation agent look at a scripted Swarm: reads cases as JSON from standard input, writes answers as JSON."""

import json
import sys

sys.path.insert(0, sys.argv[1])
sys.dont_write_bytecode = True

import colocation  # noqa: E402
from engine_client import EngineError  # noqa: E402


class ScriptedEngine:
    """A Swarm as a case describes it, seen from one of its servers; takes changes of nodes as the real one does."""

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

    def update_node(self, node, spec):
        self.writes.append([node["ID"], spec])
        if not self.case.get("accepts", True):
            return False
        node["Spec"] = spec
        return True


def look(case):
    """Two looks: what the first one writes must leave nothing for the second one."""
    engine = ScriptedEngine(case)
    agent = colocation.Agent(engine)
    busy = agent.look_safely()
    first, asked = engine.writes, engine.asked
    engine.writes, engine.asked = [], []
    agent.look_safely()
    return {"busy": busy, "writes": first, "again": engine.writes, "asked": asked}


# What the agent prints is no answer.
answers, sys.stdout = sys.stdout, sys.stderr
json.dump([look(case) for case in json.load(sys.stdin)], answers)
