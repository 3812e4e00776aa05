"""Starts the scheduled jobs of the Swarm. Runs on every server; of the managers among them, exactly one starts a run.

It keeps nothing: every few seconds it looks at all jobs and compares. A run is one change of the job, made for the version that
was looked at, and the Swarm accepts one change for each version. So whoever is first starts the run, the others are refused and
see at their next look that it has been started. What is lost (an answer, a server, all servers for a while) is seen at the next
look too.
"""

import datetime
import os
import random
import sys
import time

import decision

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from engine_client import Engine, EngineError  # noqa: E402

LOOK_SECONDS = 5


class Journal:
    """Says each thing once, until something else has to be said about the same job."""

    def __init__(self):
        self.said = {}

    def say(self, about, text):
        if self.said.get(about) != text:
            self.said[about] = text
            print(f"{about}: {text}", flush=True)


def look(engine, journal, now):
    """Looks at all jobs once and starts those that are due."""
    if not engine.is_manager():
        return
    for service in engine.jobs(decision.SCHEDULE_LABEL):
        name = service["Spec"]["Name"]
        if "ReplicatedJob" not in service["Spec"]["Mode"]:
            continue
        try:
            due = decision.due_time(service, now)
            if due is None:
                continue
            when = decision.format_time(due)
            reason = decision.reason_to_leave_out(
                due, service, engine.tasks(service["ID"]), engine.nodes()
            )
            if reason is not None:
                journal.say(name, f"left out at {when}: {reason}")
            elif engine.update(service, decision.started(service["Spec"], due)):
                journal.say(name, f"started for {when}")
        except (EngineError, ValueError) as error:
            journal.say(name, f"cannot be started: {error}")


def utc_now():
    return datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)


def main():
    engine = Engine()
    journal = Journal()
    while True:
        try:
            look(engine, journal, utc_now())
            journal.said.pop("engine", None)
        except (OSError, EngineError) as error:
            journal.say("engine", str(error))
        # Not all at the same moment: two that try the same is harmless, but no use.
        time.sleep(LOOK_SECONDS * random.uniform(0.8, 1.2))


if __name__ == "__main__":
    main()
