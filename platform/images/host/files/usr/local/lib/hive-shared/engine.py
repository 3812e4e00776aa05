"""Asks this server's Docker Engine which containers and services use a volume. Every server is a
manager, so the answer covers the whole Swarm.

None of these requests takes the lock of a container that is starting. The Docker Engine answers
them from copies while it waits for this driver's answer to a mount.
"""

import http.client
import json
import socket
import urllib.parse

SOCKET = "/run/docker.sock"
TIMEOUT_SECONDS = 3


class _Connection(http.client.HTTPConnection):
    def __init__(self, path: str) -> None:
        super().__init__("engine", timeout=TIMEOUT_SECONDS)
        self.path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Engine:
    """The part of the Engine API that this driver needs.

    Methods raise OSError if a request fails.
    """

    def __init__(self, path: str = SOCKET) -> None:
        self.path = path

    def containers(self, volume: str) -> list:
        """Containers on this server that mount the volume, in any state."""
        return self._list("/containers/json?all=1&", volume=[volume])

    def services(self) -> list:
        """The services of the Swarm; empty if the server is not in a Swarm."""
        return self._list("/services?")

    def tasks(self, services: list) -> list:
        return self._list("/tasks?", service=services) if services else []

    def nodes(self) -> list:
        return self._list("/nodes?")

    def _list(self, path: str, **filters: list) -> list:
        query = urllib.parse.urlencode({"filters": json.dumps(filters)})
        connection = _Connection(self.path)
        try:
            connection.request("GET", path + query)
            answer = connection.getresponse()
            content = json.loads(answer.read() or b"null")
        except (http.client.HTTPException, ValueError) as error:
            raise OSError(f"the Docker Engine gave no valid answer: {error!r}") from error
        finally:
            connection.close()
        if answer.status >= 400:
            message = content.get("message", "") if isinstance(content, dict) else ""
            if "This node is not a swarm manager" in message:
                return []
            raise OSError(message or f"the Docker Engine answered with HTTP status {answer.status}")
        return content or []
