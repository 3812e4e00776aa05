"""The end of a process together with the one that started it."""

import os
import signal
import sys
import threading

OPTION = "--until-stdin-closes"


def end_with_starter():
    """Ends this process when its standard input closes, which the starter holds open: also when that
    was killed."""

    def wait():
        sys.stdin.buffer.read()
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, daemon=True).start()
