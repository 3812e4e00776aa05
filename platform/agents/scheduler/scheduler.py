"""Starts the scheduled jobs of the Swarm.

The agent runs on every server, and exactly one manager starts a run. It stores no state: every few
seconds it looks at all jobs. To start a run, it changes the job, and names the version that it saw.
The Swarm accepts one change for each version, so the first agent starts the run. The Swarm rejects
the change of every other agent, which sees at its next look that the run has been started. In the
same way, the next look sees what is still to do after a lost answer, a lost server, or an outage of
all servers.
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
    """Logs a message once, until there is a different message about the same job."""

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
                journal.say(name, f"skipped the run of {when}: {reason}")
            elif engine.update(service, decision.started(service["Spec"], due)):
                journal.say(name, f"started the run of {when}")
        except (EngineError, ValueError) as error:
            journal.say(name, f"cannot start the job: {error}")


def utc_now():
    return datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)


def main():
    engine = Engine()
    journal = Journal()
    while True:
        try:
            look(engine, journal, utc_now())
            journal.said.pop("Docker Engine", None)
        except (OSError, EngineError) as error:
            journal.say("Docker Engine", str(error))
        # Random, so that agents do not all try at the same moment: harmless, but useless.
        time.sleep(LOOK_SECONDS * random.uniform(0.8, 1.2))


if __name__ == "__main__":
    main()
