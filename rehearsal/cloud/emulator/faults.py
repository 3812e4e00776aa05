"""Errors that the emulated cloud answers with because it is told to, for rehearsals of bad days at
AWS: throttling, no capacity, an API that fails.

The file may change at any time: {"ec2:RunInstances": {"code", "message", "status", "times"}}, where
`ec2:*` stands for all calls of a service. Counting begins anew when it changes."""

import json


class Faults:
    def __init__(self, file):
        self._file = file
        self._text = None
        self._left = {}

    def of(self, call):
        """(status, code, message) of the error that a call gets; None where it is done."""
        if call is None or not self._read():
            return None
        for name in (call, call.split(":")[0] + ":*"):
            fault = self._left.get(name)
            if fault is not None and fault["times"] > 0:
                fault["times"] -= 1
                return fault["status"], fault["code"], fault["message"]
        return None

    def _read(self):
        try:
            text = self._file.read_text()
        except FileNotFoundError:
            return False
        if text != self._text:
            self._text, self._left = text, json.loads(text)
        return True
