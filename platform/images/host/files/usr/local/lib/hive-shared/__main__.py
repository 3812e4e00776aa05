"""hive-shared: a Docker volume driver that stands in for a replicated disk, on one computer.

Every server container of a stage mounts one and the same volume of the computer's own engine. This driver gives out
folders of it, each to one server at a time, as a replicated disk would. It replicates nothing: data are as safe as the
computer is. README.md of the server image says more.
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

# Within this time a container is there for which a mount was asked.
GRACE_SECONDS = 120
LOOK_SECONDS = 3


def main() -> None:
    volumes = store.Store(ROOT, socket.gethostname())
    held = holdings.Holdings(volumes, STATE, notify.inherited(), engine.Engine())
    server = api.listen(SOCKET, api.Driver(volumes, held))
    threading.Thread(target=clean, args=(held,), daemon=True).start()
    # SIGTERM comes when the server shuts down, after its engine: the locks go with this process.
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    notify.ready()
    print("hive-shared: ready; a stand-in for a replicated disk, all data are on this one computer", flush=True)
    server.serve_forever()


def clean(held: holdings.Holdings) -> None:
    """Lets go, now and then, of what is mounted nowhere any more."""
    while True:
        time.sleep(LOOK_SECONDS)
        try:
            held.drop_forgotten(GRACE_SECONDS)
        except OSError as error:
            print(f"hive-shared: looking for forgotten mounts failed: {error}", file=sys.stderr, flush=True)


main()
