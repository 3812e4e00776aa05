"""Locks of the kernel on files. All servers run on one kernel, so they exclude each other, and the locks of a server that
is killed fall away with its processes."""

import fcntl
import os
import time
from typing import Optional

POLL_SECONDS = 0.1


def try_take(path: str) -> Optional[int]:
    """Takes the lock of a file; None if another has it. Closing what is returned gives it back."""
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # A file that was removed meanwhile is another one than the next who comes will open.
        if os.stat(path).st_ino == os.fstat(file).st_ino:
            return file
    except (BlockingIOError, FileNotFoundError):
        pass
    os.close(file)
    return None


def take(path: str, seconds: float) -> Optional[int]:
    """As `try_take`, and waits for it."""
    end = time.monotonic() + seconds
    while True:
        file = try_take(path)
        if file is not None or time.monotonic() > end:
            return file
        time.sleep(POLL_SECONDS)


def give_back(file: int) -> None:
    """Gives a lock back, also when the service manager has a copy of the file."""
    fcntl.flock(file, fcntl.LOCK_UN)
    os.close(file)
