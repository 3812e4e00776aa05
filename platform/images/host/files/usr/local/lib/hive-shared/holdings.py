"""The volumes that this server may write now.

They outlive this process: the service manager keeps the locked files (its file descriptor store), and a file in /run the
mounts that count. So a driver that crashed while containers run comes back with every lock, and at no moment another
server could have got one.
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

# A container of this server that is just being stopped has unmounted by then.
SAME_SERVER_SECONDS = 10
POLL_SECONDS = 0.3


class Holdings:
    """Volumes with their locked files, and for each the mounts that Docker asked for."""

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
        Counts one more mount of a volume; the first one takes its lock, a further one must belong to the same group of services.
        Refuses when another server keeps it for that many seconds, or something else on this server (`here`).
        """
        with self.guard:
            turn = self.turns.setdefault(name, threading.Lock())
        end = None
        while True:
            # One after the other, so that two do not both see room for one. Who waits lets others try.
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
        """The first mount on this server."""
        file = lock.take(self.volumes.lock_file(name), seconds)
        if file is None:
            raise store.Refusal(self._describe_holder(name, self._holders_elsewhere(name), seconds))
        self.volumes.note_holder(name, True)
        with self.guard:
            self.files[name] = file
            notify.keep(name, file)
            self._count(name, mount)

    def _join(self, name: str, mount: str) -> Optional[list]:
        """A further mount on this server: counts it; or gives, in words, what is in its way."""
        with self.guard:
            mounts = set(self.mounts.get(name, []))
            # A mount point that is mounted again, as docker cp does with a container that runs.
            if mount in mounts:
                self._count(name, mount)
                return None
        if not mounts:
            # Whatever the engine before this one has left is not counted.
            if is_mounted(name, mounted_folders()):
                return ["containers of an engine that died"]
        else:
            try:
                services = admission.users(self.engine.services(), name)
                containers = self.engine.containers(name)
                tasks = self.engine.tasks([service["ID"] for service in services])
            except OSError as error:
                return [f"something that the engine could not name ({error})"]
            if not admission.may_join(name, len(mounts), services, containers, tasks):
                return admission.holders_here(containers)
        with self.guard:
            if name not in self.files:
                return []  # Given back meanwhile: the next look takes the lock.
            self._count(name, mount)
        return None

    def _holders_elsewhere(self, name: str) -> list:
        """What holds a volume on another server, in words; empty if nobody can tell."""
        server = self.volumes.holder(name).get("server")
        try:
            services = admission.users(self.engine.services(), name)
            tasks = self.engine.tasks([service["ID"] for service in services])
            return admission.holders_on(server, services, tasks, self.engine.nodes())
        except OSError:
            return []

    def give_back(self, name: str, mount: str) -> None:
        """Counts one mount less; the last one gives the lock back."""
        with self.guard:
            mounts = self.mounts.get(name, [])
            known = mount in mounts
            if known:
                mounts.remove(mount)
                self._save()
            # A mount that is not known was made for an engine that has died since: others of it may still be there.
            if name in self.files and not mounts and (known or not is_mounted(name, mounted_folders())):
                self._release(name)

    def engine_started(self) -> None:
        """Forgets the mounts of the engine before: it will never ask to unmount them. What is still mounted is still held."""
        with self.guard:
            self.mounts = {name: [] for name in self.files}
            self._save()

    def drop_forgotten(self, grace: float) -> None:
        """
        Gives back what nobody counts any more, or nobody has asked for within the grace, and no process of this server has
        mounted: an engine that died never asks for it.
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
                    print(f"hive-shared: nothing has '{name}' mounted any more; giving it back", flush=True)
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
        # Its last server may have forgotten it while this one still held it.
        if not self.volumes.servers(name):
            self.volumes.collect(name)

    def _restore(self) -> None:
        """Brings locks and mounts together after a start of this process."""
        mounted = mounted_folders()
        now = time.monotonic()
        for name in set(self.files) | set(self.mounts):
            self.touched[name] = now
            if name in self.files:
                if not self.mounts.get(name) and not is_mounted(name, mounted):
                    self._release(name)
            elif is_mounted(name, mounted):
                # The service was stopped while containers ran. Whoever has it now, nobody else may come in.
                file = lock.try_take(self.volumes.lock_file(name))
                if file is None:
                    print(
                        f"hive-shared: DANGER: '{name}' is mounted here without its lock, and "
                        f"{self._describe_holder(name, [], 0)}. Stop the containers that use it on this server.",
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
        waited = f", and did not get free within {seconds:g} s" if seconds else ""
        return (
            f"volume '{name}' is held by {who}{since}{waited}. One task at a time may write it: "
            f"stop what uses it on {server}, or wait until it has stopped; services that belong together share it if one "
            f'has placement: {{ with: "<the other>" }}'
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
    """Folders that any process of this server has mounted, as they are called on their own file system."""
    found = set()
    for process in os.listdir("/proc"):
        if not process.isdigit():
            continue
        try:
            with open(f"/proc/{process}/mountinfo", encoding="utf8", errors="replace") as lines:
                found.update(line.split(" ", 4)[3] for line in lines)
        except (OSError, IndexError):
            continue  # It has ended meanwhile.
    return found


def is_mounted(name: str, mounted: set) -> bool:
    """Whether the data of a volume, or a folder in them, are among the mounted folders."""
    data = f"/{name}/data"
    return any(folder.endswith(data) or f"{data}/" in folder for folder in mounted)
