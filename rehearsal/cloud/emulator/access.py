"""Who may use the emulated cloud: whoever knows the access key of this rehearsal. The emulator
makes containers with the rights of a server, so that no other user of the computer may reach it."""

import hmac
import re
from urllib.parse import parse_qs

from .error_answer import answer_error

MESSAGE = (
    "This is a rehearsal with an emulated cloud. It takes only the access key that it was started"
    " with: see credentials.json in the rehearsal's folder."
)

HEADER = re.compile(r"^AWS4-HMAC-SHA256 Credential=([^/,\s]+)/")


def key_of(environ):
    """The access key id that a request names; "" where it names none."""
    found = HEADER.match(environ.get("HTTP_AUTHORIZATION", ""))
    if found:
        return found[1]
    signed = parse_qs(environ.get("QUERY_STRING", "")).get("X-Amz-Credential", [""])
    return signed[0].split("/")[0]


def without_prefix(environ, prefix):
    """The request as if it had been made without the first part of its path."""
    names = ("PATH_INFO", "REQUEST_URI", "RAW_URI")
    shorter = {
        name: environ[name].removeprefix(prefix) or "/" for name in names if name in environ
    }
    shorter = {name: path if path.startswith("/") else f"/{path}" for name, path in shorter.items()}
    return {**environ, **shorter}


class OwnKeyOnly:
    """A WSGI application around another one, which refuses requests without the key, whatever they
    ask for. The key is either the access key of the request or the first part of its path, for
    clients whose endpoint is set and whose credentials are not. `lent` tells whether a key is one
    that the emulator gave out for a role."""

    def __init__(self, application, access_key, lent=lambda key: False):
        self._application = application
        self._access_key = access_key.encode()
        self._lent = lent

    def __call__(self, environ, start_response):
        first, _, _ = environ["PATH_INFO"].lstrip("/").partition("/")
        if hmac.compare_digest(first.encode(), self._access_key):
            return self._application(without_prefix(environ, f"/{first}"), start_response)
        key = key_of(environ)
        if hmac.compare_digest(key.encode(), self._access_key) or (key and self._lent(key)):
            return self._application(environ, start_response)
        return answer_error(environ, start_response, 403, "AuthFailure", MESSAGE)
