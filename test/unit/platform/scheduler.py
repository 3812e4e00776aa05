"""Calls the scheduler's functions for the tests.

Reads cases as JSON from standard input and writes results as JSON.
"""

import datetime
import json
import sys

sys.path.insert(0, sys.argv[1])
sys.dont_write_bytecode = True

import decision  # noqa: E402
import scheduler  # noqa: E402
from cron import Schedule  # noqa: E402


def is_schedule(case):
    try:
        Schedule(case["schedule"])
    except ValueError:
        return False
    return True


def due_between(case):
    """All minutes in which a schedule is due, after `after` and up to `to`."""
    schedule = Schedule(case["schedule"])
    moment, end = (decision.parse_time(case[name]) for name in ("after", "to"))
    found = []
    while moment < end:
        moment += datetime.timedelta(minutes=1)
        if schedule.is_due(moment):
            found.append(decision.format_time(moment))
    return found


class ScriptedEngine:
    """A Swarm with one job; records the changes that were requested."""

    def __init__(self, case):
        self.case = case
        self.updates = []

    def is_manager(self):
        return self.case.get("manager", True)

    def jobs(self, label):
        return [self.case["service"]]

    def tasks(self, service_id):
        return self.case.get("tasks", [])

    def nodes(self):
        return self.case.get("nodes", [])

    def update(self, service, spec):
        self.updates.append(spec)
        return self.case.get("accepts", True)


def look(case):
    engine, journal = ScriptedEngine(case), scheduler.Journal()
    scheduler.look(engine, journal, decision.parse_time(case["now"]))
    return {"updates": engine.updates, "said": journal.said}


FUNCTIONS = {"is_schedule": is_schedule, "due_between": due_between, "look": look}
# The journal's output must not mix with the results.
answers, sys.stdout = sys.stdout, sys.stderr
json.dump([FUNCTIONS[case["function"]](case) for case in json.load(sys.stdin)], answers)
