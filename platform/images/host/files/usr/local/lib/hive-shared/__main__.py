"""hive-shared: a Docker volume driver that stands in for a replicated disk, on one computer.

All server containers of a stage mount the same volume of the computer's own Docker Engine. Each
volume of this driver is a folder in it. Like a replicated disk, the driver gives a volume to one
server at a time. It replicates nothing: data are as safe as the computer is. For details, see
README.md of the server image.
"""

import os
import signal
import socket
import sys
import threading
import time

import api
import engine
import holdings
import notify
import store

ROOT = "/var/lib/hive-shared"
SOCKET = "/run/docker/plugins/hive-shared.sock"
STATE = "/run/hive-shared/mounts.json"

# Within this time after a mount request, its container exists.
GRACE_SECONDS = 120
LOOK_SECONDS = 3


def main() -> None:
    volumes = store.Store(ROOT, socket.gethostname())
    held = holdings.Holdings(volumes, STATE, notify.inherited(), engine.Engine())
    server = api.listen(SOCKET, api.Driver(volumes, held))
    threading.Thread(target=clean, args=(held,), daemon=True).start()
    # SIGTERM comes when the server shuts down, after its Docker Engine has stopped. The locks end
    # with this process.
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    notify.ready()
    print(
        "hive-shared: ready. It stands in for a replicated disk: all data are on this one computer",
        flush=True,
    )
    server.serve_forever()


def clean(held: holdings.Holdings) -> None:
    """Releases, at intervals, volumes that no process has mounted any more."""
    while True:
        time.sleep(LOOK_SECONDS)
        try:
            held.drop_forgotten(GRACE_SECONDS)
        except OSError as error:
            print(
                f"hive-shared: cannot check for unused volumes: {error}",
                file=sys.stderr,
                flush=True,
            )


main()
