"""The volumes that this server may write now.

They outlive this process: systemd keeps the locked files (in its file descriptor store), and a file
in /run lists the counted mounts. So a driver that crashes while containers run starts again with
all its locks, and no other server can take one meanwhile.
"""

import json
import os
import sys
import threading
import time
from typing import Optional

import admission
import lock
import notify
import store
from engine import Engine

# A container on this server that is just stopping has unmounted by then.
SAME_SERVER_SECONDS = 10
POLL_SECONDS = 0.3


class Holdings:
    """Volumes with their locked files, and the mounts that Docker requested for each volume."""

    def __init__(self, volumes: store.Store, state: str, files: dict, engine: Engine) -> None:
        self.volumes = volumes
        self.engine = engine
        self.state = state
        self.files = dict(files)
        self.mounts = self._load()
        self.touched = {}
        self.guard = threading.RLock()
        self.turns = {}
        self._restore()

    def holds(self, name: str) -> bool:
        with self.guard:
            return name in self.files

    def take(
        self, name: str, mount: str, seconds: float, here: float = SAME_SERVER_SECONDS
    ) -> None:
        """
        Counts one more mount of a volume. The first mount takes the lock; each further mount must
        belong to the same group of services. Raises a Refusal if another server still holds the
        volume after `seconds`, or something else on this server after `here` seconds.
        """
        with self.guard:
            turn = self.turns.setdefault(name, threading.Lock())
        end = None
        while True:
            # One request at a time, so that two requests do not both take the last free mount. A
            # request that waits lets others try.
            with turn:
                if not self.holds(name):
                    self._lock(name, mount, seconds)
                    return
                obstacle = self._join(name, mount)
            if obstacle is None:
                return
            now = time.monotonic()
            end = now + here if end is None else end
            if now > end:
                raise store.Refusal(self._describe_holder(name, obstacle, here))
            time.sleep(POLL_SECONDS)

    def _lock(self, name: str, mount: str, seconds: float) -> None:
        """The first mount on this server: takes the lock of the volume."""
        file = lock.take(self.volumes.lock_file(name), seconds)
        if file is None:
            raise store.Refusal(self._describe_holder(name, self._holders_elsewhere(name), seconds))
        self.volumes.note_holder(name, True)
        with self.guard:
            self.files[name] = file
            notify.keep(name, file)
            self._count(name, mount)

    def _join(self, name: str, mount: str) -> Optional[list]:
        """Counts a further mount on this server, or returns the names of what prevents it."""
        with self.guard:
            mounts = set(self.mounts.get(name, []))
            # The same mount again: docker cp does this with a running container.
            if mount in mounts:
                self._count(name, mount)
                return None
        if not mounts:
            # Mounts that remain from a previous Docker Engine are not counted.
            if is_mounted(name, mounted_folders()):
                return ["containers of a Docker Engine that crashed"]
        else:
            try:
                services = admission.users(self.engine.services(), name)
                containers = self.engine.containers(name)
                tasks = self.engine.tasks([service["ID"] for service in services])
            except OSError as error:
                return [f"an unknown container (Docker Engine: {error})"]
            if not admission.may_join(name, len(mounts), services, containers, tasks):
                return admission.holders_here(containers)
        with self.guard:
            if name not in self.files:
                return []  # Released meanwhile: the next attempt takes the lock.
            self._count(name, mount)
        return None

    def _holders_elsewhere(self, name: str) -> list:
        """Names what holds a volume on another server; empty if this is not known."""
        server = self.volumes.holder(name).get("server")
        try:
            services = admission.users(self.engine.services(), name)
            tasks = self.engine.tasks([service["ID"] for service in services])
            return admission.holders_on(server, services, tasks, self.engine.nodes())
        except OSError:
            return []

    def give_back(self, name: str, mount: str) -> None:
        """Counts one mount less; after the last mount, releases the lock."""
        with self.guard:
            mounts = self.mounts.get(name, [])
            known = mount in mounts
            if known:
                mounts.remove(mount)
                self._save()
            # An unknown mount belongs to a Docker Engine that has crashed since: other mounts of
            # that Docker Engine may still exist.
            if (
                name in self.files
                and not mounts
                and (known or not is_mounted(name, mounted_folders()))
            ):
                self._release(name)

    def engine_started(self) -> None:
        """Forgets the mounts of the previous Docker Engine, which will never unmount them.

        Volumes that are still mounted are still held.
        """
        with self.guard:
            self.mounts = {name: [] for name in self.files}
            self._save()

    def drop_forgotten(self, grace: float) -> None:
        """
        Releases volumes that no process on this server has mounted, if no mount of them is counted,
        or none was requested within `grace` seconds. A Docker Engine that crashed never requests to
        unmount them.
        """
        with self.guard:
            now = time.monotonic()
            names = [
                name
                for name in self.files
                if not self.mounts.get(name) or now - self.touched.get(name, now) > grace
            ]
            if not names:
                return
            mounted = mounted_folders()
            for name in names:
                if not is_mounted(name, mounted):
                    print(
                        f"hive-shared: no process has '{name}' mounted any more; releasing it",
                        flush=True,
                    )
                    self._release(name)

    def _count(self, name: str, mount: str) -> None:
        self.mounts.setdefault(name, []).append(mount)
        self.touched[name] = time.monotonic()
        self._save()

    def _release(self, name: str) -> None:
        self.volumes.note_holder(name, False)
        file = self.files.pop(name)
        self.mounts.pop(name, None)
        self.touched.pop(name, None)
        self._save()
        lock.give_back(file)
        notify.drop(name)
        # The last server may have removed the volume while this server still held it.
        if not self.volumes.servers(name):
            self.volumes.collect(name)

    def _restore(self) -> None:
        """Makes locks and mounts consistent after a start of this process."""
        mounted = mounted_folders()
        now = time.monotonic()
        for name in set(self.files) | set(self.mounts):
            self.touched[name] = now
            if name in self.files:
                if not self.mounts.get(name) and not is_mounted(name, mounted):
                    self._release(name)
            elif is_mounted(name, mounted):
                # The driver was stopped while containers ran. Take the lock, if no other server has
                # it, so that no other server gets in.
                file = lock.try_take(self.volumes.lock_file(name))
                if file is None:
                    print(
                        f"hive-shared: DANGER: two servers may write '{name}': it is mounted on "
                        f"this server without its lock. Stop the containers that use it on this "
                        f"server: "
                        f"{self._describe_holder(name, [], 0)}",
                        file=sys.stderr,
                        flush=True,
                    )
                    continue
                self.files[name] = file
                notify.keep(name, file)
                self.volumes.note_holder(name, True)
            else:
                self.mounts.pop(name, None)
        self._save()

    def _describe_holder(self, name: str, holders: list, seconds: float) -> str:
        holder = self.volumes.holder(name)
        server = holder.get("server", "another server")
        who = f"{' and '.join(holders)} on {server}" if holders else server
        since = f" since {holder['since']}" if "since" in holder else ""
        waited = f", and was not released within {seconds:g} s" if seconds else ""
        says = (
            f"volume '{name}' is held by {who}{since}{waited}. Only one task at a time may write it"
        )
        if server == self.volumes.server:
            return (
                f"{says}: stop what uses it on {server}, or wait until it has stopped. Services "
                f'that belong together share it if one has placement: {{ with: "<the other>" }}'
            )
        # A server that hangs keeps its lock: only its end lets the volume go.
        return (
            f"{says}: stop what uses it on {server}, or wait; services share it with placement: "
            f'{{ with: "<the other>" }}. If {server} hangs and does not come back: `npx hive up` '
            f"resumes a paused server, and `docker kill {holder.get('server', '<server>')}` lets "
            f"the volume go"
        )

    def _load(self) -> dict:
        try:
            with open(self.state, encoding="utf8") as file:
                return json.load(file)
        except (FileNotFoundError, ValueError):
            return {}

    def _save(self) -> None:
        with open(self.state + ".new", "w", encoding="utf8") as file:
            json.dump(self.mounts, file)
        os.replace(self.state + ".new", self.state)


def mounted_folders() -> set:
    """Folders that any process on this server has mounted, by their path on their file system."""
    found = set()
    for process in os.listdir("/proc"):
        if not process.isdigit():
            continue
        try:
            with open(f"/proc/{process}/mountinfo", encoding="utf8", errors="replace") as lines:
                found.update(line.split(" ", 4)[3] for line in lines)
        except (OSError, IndexError):
            continue  # The process has ended meanwhile.
    return found


def is_mounted(name: str, mounted: set) -> bool:
    """Whether the data of a volume, or a folder in the data, are among the mounted folders."""
    data = f"/{name}/data"
    return any(folder.endswith(data) or f"{data}/" in folder for folder in mounted)
