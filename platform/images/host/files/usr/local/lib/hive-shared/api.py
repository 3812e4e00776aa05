"""Docker's volume plugin protocol over a socket.

https://docs.docker.com/engine/extend/plugins_volume/
"""

import http.server
import json
import os
import socketserver
import sys

import holdings
import store

# Docker waits two minutes for a mount. Another server stops its container in less than this.
WAIT_SECONDS = 30


class Driver:
    """Implements the calls of the protocol. A `Refusal` becomes the error of the call."""

    def __init__(self, volumes: store.Store, held: holdings.Holdings) -> None:
        self.volumes = volumes
        self.held = held
        self.calls = {
            "/Plugin.Activate": self.activate,
            "/VolumeDriver.Capabilities": lambda _: {"Capabilities": {"Scope": "local"}},
            "/VolumeDriver.Create": self.create,
            "/VolumeDriver.Remove": self.remove,
            "/VolumeDriver.Get": lambda call: {"Volume": self.describe(call["Name"], status=True)},
            "/VolumeDriver.List": lambda _: {
                "Volumes": [self.describe(name) for name in self.volumes.registered()]
            },
            "/VolumeDriver.Path": lambda call: {"Mountpoint": self.volumes.data(call["Name"])},
            "/VolumeDriver.Mount": self.mount,
            "/VolumeDriver.Unmount": self.unmount,
        }

    def activate(self, _: dict) -> dict:
        # A Docker Engine calls this once, as its first call: it has just started.
        self.held.engine_started()
        return {"Implements": ["VolumeDriver"]}

    def create(self, call: dict) -> dict:
        options = sorted(call.get("Opts") or {})
        if options:
            raise store.Refusal(f"the driver takes no options, but got {', '.join(options)}")
        self.volumes.register(call["Name"])
        return {}

    def remove(self, call: dict) -> dict:
        name = call["Name"]
        if self.held.holds(name):
            raise store.Refusal(f"volume '{name}' is in use - by a container of this server")
        self.volumes.forget(name)
        return {}

    def mount(self, call: dict) -> dict:
        name = call["Name"]
        self.volumes.check_registered(name)
        self.held.take(name, call["ID"], WAIT_SECONDS)
        return {"Mountpoint": self.volumes.data(name)}

    def unmount(self, call: dict) -> dict:
        self.held.give_back(call["Name"], call["ID"])
        return {}

    def describe(self, name: str, status: bool = False) -> dict:
        self.volumes.check_registered(name)
        about = {
            "Name": name,
            "Mountpoint": self.volumes.data(name) if self.held.holds(name) else "",
        }
        if status:
            holder = self.volumes.holder(name)
            about["Status"] = {
                "backend": "stand-in for a replicated disk: one folder of this computer",
                "holder": holder.get("server", ""),
                "since": holder.get("since", ""),
                "servers": self.volumes.servers(name),
            }
        return about


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers calls; request and response are one JSON document each."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        text = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        driver = self.server.driver
        try:
            call = driver.calls.get(self.path)
            if call is None:
                raise store.Refusal(f"unknown call {self.path}")
            answer = call(json.loads(text) if text else {})
        except store.Refusal as refusal:
            print(f"hive-shared: {self.path}: {refusal}", file=sys.stderr, flush=True)
            answer = {"Err": f"hive-shared: {refusal}"}
        except Exception as error:  # The Docker Engine must get an answer in every case.
            print(f"hive-shared: {self.path} failed: {error!r}", file=sys.stderr, flush=True)
            answer = {"Err": f"hive-shared: {self.path} failed: {error}"}
        body = json.dumps({"Err": "", **answer}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/vnd.docker.plugins.v1.1+json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Does not log calls; refusals are logged above."""


class Server(socketserver.ThreadingUnixStreamServer):
    """One thread per connection, so that a waiting mount does not block other calls."""

    daemon_threads = True
    driver: Driver


def listen(path: str, driver: Driver) -> Server:
    """Listens on the socket that Docker looks for; replaces an old socket at the same path."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if os.path.exists(path):
        os.unlink(path)
    os.umask(0o077)
    server = Server(path, Handler)
    os.umask(0o022)
    server.driver = driver
    return server
