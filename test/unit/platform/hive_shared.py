"""Runs mounts through the volume driver's code with a scripted Docker Engine.

Reads cases as JSON from standard input and writes results as JSON.
"""

import json
import os
import re
import sys
import tempfile

sys.path.insert(0, sys.argv[1])
sys.dont_write_bytecode = True

import holdings  # noqa: E402
import store  # noqa: E402


class ScriptedEngine:
    """Answers as the current step describes; fails with the error that the step names."""

    def __init__(self):
        self.step = {}

    def services(self):
        if "broken" in self.step:
            raise OSError(self.step["broken"])
        return self.step.get("services", [])

    def tasks(self, services):
        return [task for task in self.step.get("tasks", []) if task["ServiceID"] in services]

    def containers(self, _):
        return self.step.get("containers", [])

    def nodes(self):
        return self.step.get("nodes", [])


def run(case):
    """Runs mounts and unmounts on servers that share a folder; returns the answer to each step."""
    with tempfile.TemporaryDirectory() as root:
        engine = ScriptedEngine()
        os.mkdir(f"{root}/volumes")
        held, answers = {}, []
        for step in case:
            server = step.get("server", "hive0")
            if server not in held:
                volumes = store.Store(f"{root}/volumes", server)
                volumes.register("data")
                held[server] = holdings.Holdings(volumes, f"{root}/{server}.json", {}, engine)
            engine.step = step
            try:
                if "unmount" in step:
                    held[server].give_back("data", step["unmount"])
                else:
                    held[server].take("data", step["mount"], 0.2, 0.2)
                answers.append("done")
            except store.Refusal as refusal:
                answers.append(re.sub(r" since \S+Z", " since then", str(refusal)))
        return answers


answers, sys.stdout = sys.stdout, sys.stderr
json.dump([run(case) for case in json.load(sys.stdin)], answers)
