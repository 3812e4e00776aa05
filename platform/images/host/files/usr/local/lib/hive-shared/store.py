"""The folder that all servers share.

    <volume>/data/              the data that containers see
    <volume>/lock               locked (flock) by the one server that may write
    <volume>/holder             the name of that server, for messages only
    <volume>/servers/<server>   one file for each server on which the volume exists
    .register                   locked while a server creates or removes a volume
"""

import contextlib
import json
import os
import re
import subprocess
import time

import lock

VALID_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]*")


class Refusal(Exception):
    """The reason why a call is refused. The Docker Engine passes it on to the user."""


class Store:
    """The volumes of all servers, seen from one of them."""

    def __init__(self, root: str, server: str) -> None:
        self.root = root
        self.server = server

    def data(self, name: str) -> str:
        return os.path.join(self._folder(name), "data")

    def lock_file(self, name: str) -> str:
        return os.path.join(self._folder(name), "lock")

    def registered(self) -> list:
        """Names of the volumes that exist on this server."""
        names = [name for name in sorted(os.listdir(self.root)) if VALID_NAME.fullmatch(name)]
        return [name for name in names if self._is_registered(name)]

    def check_registered(self, name: str) -> None:
        if not self._is_registered(name):
            raise Refusal(f"this server has no volume '{name}'")

    def servers(self, name: str) -> list:
        with contextlib.suppress(FileNotFoundError):
            return sorted(os.listdir(os.path.join(self._folder(name), "servers")))
        return []

    def register(self, name: str) -> None:
        """Creates the volume on this server. Data that other servers wrote are already there."""
        with self._registering():
            # On the server, only root can look into the folder. Containers get the data folder.
            os.makedirs(self._folder(name), mode=0o700, exist_ok=True)
            os.makedirs(self.data(name), mode=0o755, exist_ok=True)
            os.makedirs(os.path.join(self._folder(name), "servers"), exist_ok=True)
            with open(os.path.join(self._folder(name), "servers", self.server), "w"):
                pass

    def forget(self, name: str) -> None:
        """Removes the volume from this server; on the last server, deletes the data too."""
        with self._registering():
            with contextlib.suppress(FileNotFoundError):
                os.unlink(os.path.join(self._folder(name), "servers", self.server))
        self.collect(name)

    def collect(self, name: str) -> None:
        """Deletes the data of a volume that exists on no server and that no server holds."""
        with self._registering():
            if not os.path.isdir(self._folder(name)) or self.servers(name):
                return
            held = lock.try_take(self.lock_file(name))
            if held is None:
                return
            # Renamed first: even if the rest is interrupted, the volume is gone.
            doomed = os.path.join(self.root, f".removed-{name}-{time.time_ns()}")
            os.rename(self._folder(name), doomed)
            os.close(held)
        subprocess.run(["rm", "-rf", "--one-file-system", "--", doomed], check=True)
        print(f"hive-shared: deleted the data of '{name}': no server has it any more", flush=True)

    def holder(self, name: str) -> dict:
        """Which server may write the volume, as that server noted; empty if no server may."""
        try:
            with open(os.path.join(self._folder(name), "holder"), encoding="utf8") as file:
                return json.load(file)
        except (FileNotFoundError, ValueError):
            return {}

    def note_holder(self, name: str, holds: bool) -> None:
        """Notes that this server may write the volume, or no longer may."""
        path = os.path.join(self._folder(name), "holder")
        if holds:
            since = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
            with open(path + ".new", "w", encoding="utf8") as file:
                json.dump({"server": self.server, "since": since}, file)
            os.replace(path + ".new", path)
        else:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(path)

    def _is_registered(self, name: str) -> bool:
        return os.path.exists(os.path.join(self._folder(name), "servers", self.server))

    def _folder(self, name: str) -> str:
        # Docker checks names too, but here they become paths.
        if not VALID_NAME.fullmatch(name):
            raise Refusal(f"'{name}' is not a valid volume name")
        return os.path.join(self.root, name)

    @contextlib.contextmanager
    def _registering(self):
        held = lock.take(os.path.join(self.root, ".register"), 10)
        if held is None:
            raise Refusal(
                "timed out after 10 s: another server is creating or removing a volume; try again"
            )
        try:
            yield
        finally:
            os.close(held)
