"""Decides whether one more container on this server may mount a volume that is already mounted
here: pure functions over what the Docker Engine reports.

A volume has one writer at a time: one task, or the tasks of one group of services that run together
(`placement.with` in the site). A mount request does not name its container. So another mount is
allowed only if three conditions hold. All services that use the volume belong to one group. Nothing
else has the volume mounted. And a task that still needs a mount is starting here, of a service that
has no running container here.
"""

import re

# The same rule as in model/service/colocation.ts.
FOLLOWS = re.compile(r"\s*node\.labels\.hive\.with\.(\S+?)\s*==\s*true\s*", re.IGNORECASE)

SERVICE_LABEL = "com.docker.swarm.service.name"
TASK_LABEL = "com.docker.swarm.task.name"
TASK_ID_LABEL = "com.docker.swarm.task.id"

# States of a container that has its volumes mounted. The Docker Engine unmounts them before it ends
# the state `running`.
MOUNTED = {"running", "paused"}
# States of a task that has a server but does not run yet (Engine API, TaskState).
COMING = {"assigned", "accepted", "preparing", "ready", "starting"}
# What the Swarm wants of a task that is not to end now: a job's task is to end by itself.
WANTED = {"running", "complete"}


def users(services: list, volume: str) -> list:
    """The services that mount a volume."""
    return [service for service in services if _points(service, volume) > 0]


def group(service: dict) -> str:
    """The service that decides where this one runs: the service that it follows, or itself."""
    placement = service["Spec"]["TaskTemplate"].get("Placement") or {}
    for constraint in placement.get("Constraints") or []:
        match = FOLLOWS.fullmatch(constraint)
        if match:
            return match.group(1)
    return service["Spec"]["Name"]


def may_join(volume: str, held: int, services: list, containers: list, tasks: list) -> bool:
    """
    Whether one more mount is allowed.

    held: number of mounts of the volume that this server counts
    services, tasks: all that use the volume, in the whole Swarm
    containers: all on this server that mount the volume
    """
    services = [service for service in services if _wants_tasks(service)]
    if len({group(service) for service in services}) != 1:
        return False
    names = {service["Spec"]["Name"] for service in services}
    busy = [_service(container) for container in containers if container["State"] in MOUNTED]
    if len(set(busy)) < len(busy) or not set(busy) <= names:
        return False
    coming = {
        task["ID"]
        for task in tasks
        if task["DesiredState"] in WANTED and task["Status"]["State"] in COMING
    }
    starting = {
        _service(container)
        for container in containers
        if container["State"] == "created" and _labels(container).get(TASK_ID_LABEL) in coming
    }
    # Mounts beyond those of running containers belong to containers that are starting. Is there a
    # container that still needs a mount?
    places = sum(
        _points(service, volume)
        for service in services
        if service["Spec"]["Name"] in starting | set(busy)
    )
    return not starting <= set(busy) and held < places


def _wants_tasks(service: dict) -> bool:
    """False for a service that is stopped because another service takes over its volume.

    It may be removed only after this mount.
    """
    mode = service["Spec"].get("Mode") or {}
    if mode.get("Replicated") is not None:
        return mode["Replicated"].get("Replicas") != 0
    if mode.get("ReplicatedJob") is not None:
        return mode["ReplicatedJob"].get("TotalCompletions") != 0
    return True


def holders_here(containers: list) -> list:
    """Names the containers that have a volume mounted on this server."""
    return sorted(_name(container) for container in containers if container["State"] in MOUNTED)


def holders_on(server: str, services: list, tasks: list, nodes: list) -> list:
    """Names the tasks that have a volume mounted on another server, as far as the Swarm knows."""
    ids = [node["ID"] for node in nodes if node["Description"]["Hostname"] == server]
    names = {service["ID"]: service["Spec"]["Name"] for service in services}
    return sorted(
        f"the task {names[task['ServiceID']]}.{task.get('Slot') or task.get('NodeID')}"
        for task in tasks
        if task.get("NodeID") in ids
        and task["ServiceID"] in names
        and task["Status"]["State"] == "running"
    )


def _points(service: dict, volume: str) -> int:
    """How often a container of a service mounts a volume."""
    mounts = service["Spec"]["TaskTemplate"].get("ContainerSpec", {}).get("Mounts") or []
    return sum(
        1 for mount in mounts if mount.get("Type") == "volume" and mount.get("Source") == volume
    )


def _labels(container: dict) -> dict:
    return container.get("Labels") or {}


def _service(container: dict) -> str:
    return _labels(container).get(SERVICE_LABEL, "")


def _name(container: dict) -> str:
    task = _labels(container).get(TASK_LABEL)
    # <service>.<slot>.<id>
    if task:
        return f"the task {task.rsplit('.', 1)[0]}"
    names = container.get("Names") or [container["Id"][:12]]
    return f"the container {names[0].lstrip('/')}"
