"""What lies in the folder that all servers share.

    <volume>/data/              what containers see
    <volume>/lock               held (flock) by the one server that may write
    <volume>/holder             who that is, for messages only
    <volume>/servers/<server>   the servers whose engines know the volume
    .register                   held while volumes appear and go
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
    """Why a call cannot be done; goes to the engine and from there to whoever asked."""


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
        """Names of the volumes that this server's engine knows."""
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
        """Makes the volume known to this server. Data that other servers wrote are there already."""
        with self._registering():
            # Only root sees what is inside from the server; containers get the folder of the data itself.
            os.makedirs(self._folder(name), mode=0o700, exist_ok=True)
            os.makedirs(self.data(name), mode=0o755, exist_ok=True)
            os.makedirs(os.path.join(self._folder(name), "servers"), exist_ok=True)
            with open(os.path.join(self._folder(name), "servers", self.server), "w"):
                pass

    def forget(self, name: str) -> None:
        """Forgets the volume on this server; with the last server its data go."""
        with self._registering():
            with contextlib.suppress(FileNotFoundError):
                os.unlink(os.path.join(self._folder(name), "servers", self.server))
        self.collect(name)

    def collect(self, name: str) -> None:
        """Deletes the data of a volume that no server knows and nobody holds."""
        with self._registering():
            if not os.path.isdir(self._folder(name)) or self.servers(name):
                return
            held = lock.try_take(self.lock_file(name))
            if held is None:
                return
            # Renamed first: whatever interrupts the rest, the volume is gone.
            doomed = os.path.join(self.root, f".removed-{name}-{time.time_ns()}")
            os.rename(self._folder(name), doomed)
            os.close(held)
        subprocess.run(["rm", "-rf", "--one-file-system", "--", doomed], check=True)
        print(f"hive-shared: deleted the data of '{name}': no server knows it any more", flush=True)

    def holder(self, name: str) -> dict:
        """Who may write the volume, as that server wrote it down; empty if nobody does."""
        try:
            with open(os.path.join(self._folder(name), "holder"), encoding="utf8") as file:
                return json.load(file)
        except (FileNotFoundError, ValueError):
            return {}

    def note_holder(self, name: str, holds: bool) -> None:
        """Writes down that this server may write the volume, or may not any more."""
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
        # Docker checks names too; here they become paths.
        if not VALID_NAME.fullmatch(name):
            raise Refusal(f"'{name}' is no name of a volume")
        return os.path.join(self.root, name)

    @contextlib.contextmanager
    def _registering(self):
        held = lock.take(os.path.join(self.root, ".register"), 10)
        if held is None:
            raise Refusal("another server has been registering a volume for 10 s; try again")
        try:
            yield
        finally:
            os.close(held)
