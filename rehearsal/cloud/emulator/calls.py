"""Which calls the emulated cloud saw: what a policy for the same work on AWS must allow."""

import json
import re
from urllib.parse import parse_qs

SCOPE = re.compile(r"Credential=[^/]+/[^/]+/[^/]+/([^/]+)/")

RUNNER = "hive-rehearsal-runner"


def action_of(environ, body):
    """The name of a request's action; its method, where the service names actions by paths."""
    if "HTTP_X_AMZ_TARGET" in environ:
        return environ["HTTP_X_AMZ_TARGET"].split(".")[-1]
    if environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded"):
        return parse_qs(body.decode("utf-8", "replace")).get("Action", ["unknown"])[0]
    return environ["REQUEST_METHOD"]


def call_of(environ, body):
    """`service:Action` of a request; None where the runner asks, whose own questions are no part of
    what is rehearsed."""
    if RUNNER in environ.get("HTTP_USER_AGENT", ""):
        return None
    scope = SCOPE.search(environ.get("HTTP_AUTHORIZATION", ""))
    return f"{scope[1] if scope else 'unsigned'}:{action_of(environ, body)}"


class Calls:
    """Keeps each call that was made at least once, in a file."""

    def __init__(self, file):
        self._file = file
        self._seen = set(json.loads(file.read_text())) if file.exists() else set()

    def note(self, call):
        if call is None or call in self._seen:
            return
        self._seen.add(call)
        draft = self._file.with_suffix(".new")
        draft.write_text(json.dumps(sorted(self._seen), indent=2) + "\n")
        draft.replace(self._file)
