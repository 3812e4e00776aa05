"""Whether one more container of this server may mount a volume that is mounted here: decisions over what the engine says.

A volume has one writer at a time: one task, or the tasks of one group of services that run together (`placement.with` of the
site). A mount request does not tell for which container it is. So one is let in beside others only if all services that use
the volume are one group, nothing else has it mounted, and a task of a service that has no running container here is being
started here and lacks a mount.
"""

import re

# The rule of model/service/colocation.ts.
FOLLOWS = re.compile(r"\s*node\.labels\.hive\.with\.(\S+?)\s*==\s*true\s*", re.IGNORECASE)

SERVICE_LABEL = "com.docker.swarm.service.name"
TASK_LABEL = "com.docker.swarm.task.name"
TASK_ID_LABEL = "com.docker.swarm.task.id"

# States of a container in which it has its volumes mounted. The engine leaves `running` after it has unmounted.
MOUNTED = {"running", "paused"}
# States of a task that has a server and does not run yet (Engine API, TaskState).
COMING = {"assigned", "accepted", "preparing", "ready", "starting"}


def users(services: list, volume: str) -> list:
    """The services that mount a volume."""
    return [service for service in services if _points(service, volume) > 0]


def group(service: dict) -> str:
    """The service that decides where this one runs: the one that it follows, or itself."""
    placement = service["Spec"]["TaskTemplate"].get("Placement") or {}
    for constraint in placement.get("Constraints") or []:
        match = FOLLOWS.fullmatch(constraint)
        if match:
            return match.group(1)
    return service["Spec"]["Name"]


def may_join(volume: str, held: int, services: list, containers: list, tasks: list) -> bool:
    """
    Whether one more mount may be let in.

    held: mounts of the volume that are counted on this server
    services, tasks: those that use the volume, in the whole Swarm
    containers: of this server, with a mount of the volume
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
        if task["DesiredState"] == "running" and task["Status"]["State"] in COMING
    }
    starting = {
        _service(container)
        for container in containers
        if container["State"] == "created" and _labels(container).get(TASK_ID_LABEL) in coming
    }
    # Mounts beyond those of running containers belong to containers that are being started: is there one that lacks a mount?
    places = sum(
        _points(service, volume)
        for service in services
        if service["Spec"]["Name"] in starting | set(busy)
    )
    return not starting <= set(busy) and held < places


def _wants_tasks(service: dict) -> bool:
    """Not: one that gave the volume away and is stopped. Its removal may come after this very mount."""
    mode = service["Spec"].get("Mode") or {}
    if mode.get("Replicated") is not None:
        return mode["Replicated"].get("Replicas") != 0
    if mode.get("ReplicatedJob") is not None:
        return mode["ReplicatedJob"].get("TotalCompletions") != 0
    return True


def holders_here(containers: list) -> list:
    """What has a volume mounted on this server, in words."""
    return sorted(_name(container) for container in containers if container["State"] in MOUNTED)


def holders_on(server: str, services: list, tasks: list, nodes: list) -> list:
    """Tasks that have a volume mounted on another server, in words, as far as the Swarm knows."""
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
    return sum(1 for mount in mounts if mount.get("Type") == "volume" and mount.get("Source") == volume)


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
