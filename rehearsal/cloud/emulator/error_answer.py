"""Errors that do not come from moto, in the form that each client of AWS expects."""

import json
from xml.sax.saxutils import escape


def answer_error(environ, start_response, status, code, message):
    """Answers a request with an error of the API. `status` is that of HTTP."""
    if "json" in environ.get("CONTENT_TYPE", ""):
        kind = "application/x-amz-json-1.1"
        body = json.dumps({"__type": code, "message": message})
    else:
        kind = "text/xml"
        error = f"<Error><Code>{escape(code)}</Code><Message>{escape(message)}</Message></Error>"
        body = f"<Response><Errors>{error}</Errors></Response>"
    data = body.encode()
    headers = [("Content-Type", kind), ("Content-Length", str(len(data)))]
    start_response(f"{status} Error", headers)
    return [data]
