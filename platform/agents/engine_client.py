"""The Docker Engine of this host, through its local socket, for the agents in the folders beside this file."""

import http.client
import json
import socket
import urllib.parse

SOCKET = "/run/docker.sock"
# After a leader was lost, a manager lets requests hang until the next one is elected: better ask again.
TIMEOUT_SECONDS = 8


class EngineError(Exception):
    """The engine refused a request; status is that of HTTP."""

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
    """A client for the Engine API, as far as the agents need it. OSError and EngineError tell what did not work."""

    def __init__(self, path=SOCKET, timeout=TIMEOUT_SECONDS):
        self.path = path
        self.timeout = timeout

    def is_manager(self):
        return self.manager_id() is not None

    def manager_id(self):
        """The id of this host's node; None where it is no manager of a Swarm."""
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
        """Changes a service, if nobody has since it was read: the version sees to that. Returns whether it did."""
        return self._change(f"/services/{service['ID']}", service, spec)

    def update_node(self, node, spec):
        """Changes a node, if nobody has since it was read. Returns whether it did."""
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
            raise OSError(f"the engine broke off: {error!r}") from error
        finally:
            connection.close()
        content = json.loads(text) if text.strip() else None
        if answer.status >= 400:
            message = content.get("message", "") if isinstance(content, dict) else ""
            raise EngineError(answer.status, message or f"HTTP status {answer.status}")
        return content
