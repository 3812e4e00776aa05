"""Whether a scheduled job is to be started now: a decision over what the Swarm says, and nothing else."""

import datetime

from cron import Schedule

SCHEDULE_LABEL = "hive.schedule"
LAST_LABEL = "hive.schedule.last"
# A time that passed while no manager was there is made up for if it is not longer ago than this.
CATCH_UP = datetime.timedelta(hours=1)
# States of a task that has not ended (Engine API, TaskState).
GOING = {"new", "allocated", "pending", "assigned", "accepted", "preparing", "ready", "starting", "running"}


def due_time(service, now):
    """The time for which a job has not been started yet though it should have been; None when there is nothing to do.

    A job counts from the last time for which it was started; a new one, and one whose schedule is new, from its last change.
    """
    labels = service["Spec"].get("Labels") or {}
    since = parse_time(labels.get(LAST_LABEL) or service["UpdatedAt"])
    due = Schedule(labels[SCHEDULE_LABEL]).latest_due(now, CATCH_UP)
    return due if due is not None and due > since else None


def reason_to_leave_out(due, service, tasks, nodes):
    """Why a job that is due is not started; None when it is. A run that is going is not disturbed.

    The Swarm stops a run when its job is changed, so nothing can be noted in the job while it goes. It is not needed either: a
    time that passed before the run's end is known to have passed during it.
    """
    iteration = _iteration(service.get("JobStatus"))
    lost = {node["ID"] for node in nodes if node["Status"]["State"] == "down"}
    for task in tasks:
        status = task["Status"]
        if status["State"] in GOING:
            if task.get("NodeID", "") not in lost:
                return f"the run before it still goes (task {task['ID']}, {status['State']})"
        # Of older runs, the time may be that at which a lost server came back and said that they are no more.
        elif _iteration(task) == iteration and parse_time(status["Timestamp"]) >= due:
            return f"the run before it ended at {format_time(parse_time(status['Timestamp']))}"
    return None


def started(spec, due):
    """The job's specification with which the Swarm starts it, once."""
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
    """RFC 3339 in UTC, with any number of digits for the second's parts."""
    whole = text.rstrip("Z").split(".")[0].split("+")[0]
    return datetime.datetime.strptime(whole, "%Y-%m-%dT%H:%M:%S")


def format_time(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
