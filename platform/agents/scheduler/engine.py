"""The Docker Engine of this host, through its local socket."""

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
    def __init__(self, path):
        super().__init__("engine", timeout=TIMEOUT_SECONDS)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Engine:
    """A client for the Engine API, as far as the scheduler needs it. OSError and EngineError tell what did not work."""

    def __init__(self, path=SOCKET):
        self.path = path

    def is_manager(self):
        swarm = self._ask("GET", "/info").get("Swarm", {})
        return swarm.get("LocalNodeState") == "active" and bool(swarm.get("ControlAvailable"))

    def jobs(self, label):
        return self._list("/services", label=[label])

    def tasks(self, service_id):
        return self._list("/tasks", service=[service_id])

    def nodes(self):
        return self._list("/nodes")

    def update(self, service, spec):
        """Changes a service, if nobody has since it was read: the version sees to that. Returns whether it did."""
        version = service["Version"]["Index"]
        try:
            self._ask("POST", f"/services/{service['ID']}/update?version={version}", spec)
        except EngineError as error:
            if "out of sequence" in str(error):
                return False
            raise
        return True

    def _list(self, path, **filters):
        query = urllib.parse.urlencode({"filters": json.dumps(filters)})
        return self._ask("GET", f"{path}?{query}") or []

    def _ask(self, method, path, body=None):
        connection = _Connection(self.path)
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
