"""Talks to systemd: reports readiness, and lets it keep open files while this process restarts.

sd_notify(3), sd_pid_notify_with_fds(3), sd_listen_fds(3)
"""

import array
import os
import socket


def ready() -> None:
    _send("READY=1")


def keep(name: str, file: int) -> None:
    """Passes a copy of an open file to systemd.

    The next process of this service gets it back under this name.
    """
    _send(f"FDSTORE=1\nFDNAME={name}", file)


def drop(name: str) -> None:
    """Lets systemd close its copies of that name."""
    _send(f"FDSTOREREMOVE=1\nFDNAME={name}")


def inherited() -> dict:
    """Files that an earlier process of this service passed to systemd, by name."""
    if os.environ.get("LISTEN_PID") != str(os.getpid()):
        return {}
    names = os.environ.get("LISTEN_FDNAMES", "").split(":")
    files = {}
    for file, name in zip(range(3, 3 + int(os.environ["LISTEN_FDS"])), names):
        os.set_inheritable(file, False)
        files[name] = file
    return files


def _send(message: str, file: int = -1) -> None:
    path = os.environ.get("NOTIFY_SOCKET")
    if not path:
        return
    rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [file]))] if file >= 0 else []
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as connection:
        connection.connect("\0" + path[1:] if path.startswith("@") else path)
        connection.sendmsg([message.encode()], rights)
