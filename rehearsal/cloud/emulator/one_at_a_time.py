"""Requests one after the other, and each change on disk before it is answered."""

import io
import threading

from .calls import action_of, call_of
from .error_answer import answer_error

# What an action that changes nothing begins with.
LOOKS = ("Describe", "Get", "List", "Head", "Lookup", "GET", "HEAD")


class OneAtATime:
    """A WSGI application around another one. moto's objects are not made for threads; a client that
    got an answer may rely on it, even if the emulator is killed a moment later."""

    def __init__(self, application, account, calls, faults):
        self._application = application
        self._account = account
        self._calls = calls
        self._faults = faults
        self._lock = threading.Lock()

    def __call__(self, environ, start_response):
        length = int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(length) if length else b""
        chunked = "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "")
        if not chunked:
            environ["wsgi.input"] = io.BytesIO(body)
        with self._lock:
            call = call_of(environ, body)
            self._calls.note(call)
            fault = self._faults.of(call)
            if fault is not None:
                return answer_error(environ, start_response, *fault)
            answer = list(self._application(environ, start_response))
            if not action_of(environ, body).startswith(LOOKS):
                self._account.write()
        return answer
