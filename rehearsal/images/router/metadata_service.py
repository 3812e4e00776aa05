"""The instance metadata service of a rehearsed VPC, on the router: version 2, and version 1 where the
instance allows it. It knows who asks by the private address.

The runner writes what it answers, {private address: answers of that instance}, see `Answers`.
"""

import json
import os
import secrets
import socket
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

STATE = os.environ.get("METADATA_STATE", "/run/metadata.json")
ADDRESS = ("169.254.169.254", 80)
LONGEST_LIFE = 21600  # of a token, in seconds; as on AWS
VERSIONS = ("2009-04-04", "2021-03-23", "latest")

HEADER = "X-aws-ec2-metadata-token"
LIFE_HEADER = "X-aws-ec2-metadata-token-ttl-seconds"


class Tokens:
    """The tokens that were given out; each is good for one address."""

    def __init__(self, clock=time.monotonic):
        self._clock = clock
        self._known = {}

    def give(self, address, seconds):
        now = self._clock()
        self._known = {token: kept for token, kept in self._known.items() if kept[1] > now}
        token = secrets.token_urlsafe(40)
        self._known[token] = (address, now + seconds)
        return token

    def is_good(self, token, address):
        owner, end = self._known.get(token, (None, 0))
        return owner == address and end > self._clock()


def answers_of(address):
    """What an instance gets: {endpoint, tokens, hopLimit, userData (hexadecimal), tree}; None where
    no instance has the address or its metadata are switched off."""
    try:
        with open(STATE, encoding="utf-8") as file:
            found = json.load(file).get(address)
    except FileNotFoundError:
        return None
    return found if found is not None and found["endpoint"] == "enabled" else None


def listing(folder):
    """The names in a folder of the tree; folders end with a slash, keys have their comment."""
    lines = []
    for name, content in folder.items():
        if isinstance(content, dict) and "openssh-key" in content:
            lines.append(f"{name}={content['openssh-key'].split()[-1]}")
        else:
            lines.append(name + ("/" if isinstance(content, dict) else ""))
    return "\n".join(lines)


class Service(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "EC2ws"
    sys_version = ""
    timeout = 30
    tokens = Tokens()

    def reply(self, status, body=b"", kind="text/plain", headers=()):
        data = body if isinstance(body, bytes) else body.encode()
        self.send_response(status)
        for name, value in (("Content-Type", kind), ("Content-Length", str(len(data))), *headers):
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def do_PUT(self):
        address = self.client_address[0]
        mine = answers_of(address)
        life = self.headers.get(LIFE_HEADER, "")
        # A request that a proxy has passed on is nobody's.
        if mine is None or self.headers.get("X-Forwarded-For"):
            return self.reply(403)
        if self.path != "/latest/api/token":
            return self.reply(404)
        if not life.isdigit() or not 1 <= int(life) <= LONGEST_LIFE:
            return self.reply(400)
        # The answer does not get further than so many hops: with 1, not into a container.
        self.connection.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, mine["hopLimit"])
        self.reply(200, self.tokens.give(address, int(life)), headers=((LIFE_HEADER, life),))

    def do_GET(self):
        address = self.client_address[0]
        mine = answers_of(address)
        if mine is None:
            return self.reply(403)
        token = self.headers.get(HEADER)
        if (token is not None or mine["tokens"] == "required") and not self.tokens.is_good(token, address):
            return self.reply(401)
        version, *path = self.path.split("?")[0].strip("/").split("/")
        if version == "":
            return self.reply(200, "\n".join(VERSIONS))
        if path == ["user-data"]:
            data = bytes.fromhex(mine["userData"])
            return self.reply(200, data, "application/octet-stream") if data else self.reply(404)
        at = mine["tree"]
        for part in filter(None, path):
            if not isinstance(at, dict) or part not in at:
                return self.reply(404)
            at = at[part]
        self.reply(200, listing(at) if isinstance(at, dict) else at)

    do_HEAD = do_GET

    def log_message(self, text, *values):
        print(self.client_address[0], text % values, file=sys.stderr, flush=True)


if __name__ == "__main__":
    ThreadingHTTPServer(ADDRESS, Service).serve_forever()
