"""Kernel locks on files (flock). All servers run on one kernel, so the locks exclude each other.
When a server is killed, its locks end with its processes.
"""

import fcntl
import os
import time
from typing import Optional

POLL_SECONDS = 0.1


def try_take(path: str) -> Optional[int]:
    """Takes the lock of a file; None if another process has it. Closing the result releases it."""
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # If the file was removed meanwhile, the next process opens another file: this lock would
        # not exclude it.
        if os.stat(path).st_ino == os.fstat(file).st_ino:
            return file
    except (BlockingIOError, FileNotFoundError):
        pass
    os.close(file)
    return None


def take(path: str, seconds: float) -> Optional[int]:
    """Like `try_take`, but waits up to `seconds` for the lock."""
    end = time.monotonic() + seconds
    while True:
        file = try_take(path)
        if file is not None or time.monotonic() > end:
            return file
        time.sleep(POLL_SECONDS)


def give_back(file: int) -> None:
    """Releases a lock, even if systemd has a copy of the file descriptor."""
    fcntl.flock(file, fcntl.LOCK_UN)
    os.close(file)
