"""Errors that do not come from moto, in the form that each client of AWS expects."""

import json
from xml.sax.saxutils import escape

from .calls import SCOPE


def answer_error(environ, start_response, status, code, message):
    """Answers a request with an error of the API. `status` is that of HTTP."""
    if "json" in environ.get("CONTENT_TYPE", ""):
        kind = "application/x-amz-json-1.1"
        body = json.dumps({"__type": code, "message": message})
    else:
        kind = "text/xml"
        error = f"<Error><Code>{escape(code)}</Code><Message>{escape(message)}</Message></Error>"
        # EC2 has a form of its own.
        scope = SCOPE.search(environ.get("HTTP_AUTHORIZATION", ""))
        is_ec2 = scope is None or scope[1] == "ec2"
        errors = f"<Response><Errors>{error}</Errors></Response>"
        body = errors if is_ec2 else f"<ErrorResponse>{error}</ErrorResponse>"
    data = body.encode()
    headers = [("Content-Type", kind), ("Content-Length", str(len(data)))]
    start_response(f"{status} Error", headers)
    return [data]
