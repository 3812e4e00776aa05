"""Decides whether to start a scheduled job now: pure functions over what the Swarm reports."""

import datetime

from cron import Schedule

SCHEDULE_LABEL = "hive.schedule"
LAST_LABEL = "hive.schedule.last"
# A run that was missed while no manager was reachable is started late, up to this much.
CATCH_UP = datetime.timedelta(hours=1)
# States of a task that has not ended (Engine API, TaskState).
GOING = {
    "new",
    "allocated",
    "pending",
    "assigned",
    "accepted",
    "preparing",
    "ready",
    "starting",
    "running",
}


def due_time(service, now):
    """The time of a run that is due and has not been started; None if there is nothing to do.

    Times count from the last run that was started. For a new job, or a job with a new schedule,
    they count from its last change.
    """
    labels = service["Spec"].get("Labels") or {}
    since = parse_time(labels.get(LAST_LABEL) or service["UpdatedAt"])
    due = Schedule(labels[SCHEDULE_LABEL]).latest_due(now, CATCH_UP)
    return due if due is not None and due > since else None


def reason_to_leave_out(due, service, tasks, nodes):
    """Why a run that is due must be skipped; None if it must be started.

    A run that is still active is never disturbed. The Swarm stops a run when its job changes, so
    the skipped run cannot be recorded in the job meanwhile. That is not necessary either: if a run
    was due before the previous run ended, it was due during that run.
    """
    iteration = _iteration(service.get("JobStatus"))
    lost = {node["ID"] for node in nodes if node["Status"]["State"] == "down"}
    for task in tasks:
        status = task["Status"]
        if status["State"] in GOING:
            if task.get("NodeID", "") not in lost:
                return f"the previous run is still active (task {task['ID']}, {status['State']})"
        # Older runs do not count: their time may be when a lost server came back and reported
        # that they had ended.
        elif _iteration(task) == iteration and parse_time(status["Timestamp"]) >= due:
            ended = format_time(parse_time(status["Timestamp"]))
            return f"the previous run was still active and ended at {ended}"
    return None


def started(spec, due):
    """The job's specification that makes the Swarm start it once."""
    template = spec["TaskTemplate"]
    return {
        **spec,
        "Labels": {**spec["Labels"], LAST_LABEL: format_time(due)},
        "TaskTemplate": {**template, "ForceUpdate": template.get("ForceUpdate", 0) + 1},
        "Mode": {"ReplicatedJob": {"MaxConcurrent": 1, "TotalCompletions": 1}},
    }


def _iteration(job):
    return ((job or {}).get("JobIteration") or {}).get("Index", 0)


def parse_time(text):
    """Parses RFC 3339 in UTC, with any number of digits for fractions of a second."""
    whole = text.rstrip("Z").split(".")[0].split("+")[0]
    return datetime.datetime.strptime(whole, "%Y-%m-%dT%H:%M:%S")


def format_time(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
