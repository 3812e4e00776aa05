"""A client for this host's Docker Engine through its local socket; all agents in the folders beside
this file use it.
"""

import http.client
import json
import socket
import urllib.parse

SOCKET = "/run/docker.sock"
# After the loss of a leader, requests to a manager hang until the next leader is elected. It is
# better to time out and ask again.
TIMEOUT_SECONDS = 8


class EngineError(Exception):
    """The Docker Engine refused a request; `status` is the HTTP status."""

    def __init__(self, status, message):
        super().__init__(message)
        self.status = status


class _Connection(http.client.HTTPConnection):
    def __init__(self, path, timeout):
        super().__init__("engine", timeout=timeout)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Engine:
    """The part of the Engine API that the agents need.

    Methods raise OSError if the connection fails, and EngineError if the Docker Engine refuses.
    """

    def __init__(self, path=SOCKET, timeout=TIMEOUT_SECONDS):
        self.path = path
        self.timeout = timeout

    def is_manager(self):
        return self.manager_id() is not None

    def manager_id(self):
        """The id of this host's node; None if the host is not a manager of a Swarm."""
        swarm = self._ask("GET", "/info").get("Swarm", {})
        is_manager = swarm.get("LocalNodeState") == "active" and swarm.get("ControlAvailable")
        return swarm.get("NodeID") if is_manager else None

    def services(self):
        return self._list("/services")

    def jobs(self, label):
        return self._list("/services", label=[label])

    def tasks(self, *service_ids):
        return self._list("/tasks", service=list(service_ids))

    def nodes(self):
        return self._list("/nodes")

    def update(self, service, spec):
        """Changes a service, unless somebody else has changed it since it was read.

        The Swarm compares versions. Returns whether the change was accepted.
        """
        return self._change(f"/services/{service['ID']}", service, spec)

    def update_node(self, node, spec):
        """Changes a node in the same way. Returns whether the change was accepted."""
        return self._change(f"/nodes/{node['ID']}", node, spec)

    def _change(self, path, seen, spec):
        try:
            self._ask("POST", f"{path}/update?version={seen['Version']['Index']}", spec)
        except EngineError as error:
            if "out of sequence" in str(error):
                return False
            raise
        return True

    def _list(self, path, **filters):
        query = urllib.parse.urlencode({"filters": json.dumps(filters)})
        return self._ask("GET", f"{path}?{query}") or []

    def _ask(self, method, path, body=None):
        connection = _Connection(self.path, self.timeout)
        try:
            data = None if body is None else json.dumps(body)
            connection.request(method, path, data, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            text = answer.read()
        except http.client.HTTPException as error:
            raise OSError(f"the Docker Engine gave no valid answer: {error!r}") from error
        finally:
            connection.close()
        content = json.loads(text) if text.strip() else None
        if answer.status >= 400:
            message = content.get("message", "") if isinstance(content, dict) else ""
            raise EngineError(answer.status, message or f"HTTP status {answer.status}")
        return content
