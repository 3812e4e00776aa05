"""The metadata service of the router. Needs nothing but Python."""

import json
import sys
import tempfile
import threading
import unittest
import urllib.error
import urllib.request
from http.server import ThreadingHTTPServer
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "images/router"))

import metadata_service  # noqa: E402

LIFE = metadata_service.LIFE_HEADER
TOKEN = metadata_service.HEADER


class Quiet(metadata_service.Service):
    def log_message(self, *_):
        pass


class Service(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        metadata_service.STATE = str(Path(temporary.name) / "metadata.json")
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Quiet)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)

    def write(self, **changes):
        answers = {
            "endpoint": "enabled",
            "tokens": "required",
            "hopLimit": 1,
            "userData": b"#cloud-config\n".hex(),
            "tree": {"meta-data": {"instance-id": "i-1", "placement": {"region": "eu-west-1"}}},
            **changes,
        }
        Path(metadata_service.STATE).write_text(json.dumps({"127.0.0.1": answers}))

    def ask(self, path, method="GET", **headers):
        url = f"http://127.0.0.1:{self.server.server_port}{path}"
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            with urllib.request.urlopen(
                urllib.request.Request(url, method=method, headers=named), timeout=5
            ) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as problem:
            with problem:
                return problem.code, ""

    def token(self, life="60"):
        return self.ask("/latest/api/token", "PUT", **{LIFE: life})[1]

    def test_with_a_token(self):
        self.write()
        mine = {TOKEN: self.token()}
        self.assertEqual((200, "instance-id\nplacement/"), self.ask("/latest/meta-data/", **mine))
        self.assertEqual((200, "i-1"), self.ask("/2021-03-23/meta-data/instance-id", **mine))
        self.assertEqual((200, "#cloud-config\n"), self.ask("/latest/user-data", **mine))
        self.assertEqual(404, self.ask("/latest/meta-data/nothing", **mine)[0])

    def test_without_a_token_or_with_a_wrong_one(self):
        self.write()
        self.assertEqual(401, self.ask("/latest/meta-data/")[0])
        self.assertEqual(401, self.ask("/latest/user-data", **{TOKEN: "other"})[0])

    def test_version_1_where_it_is_allowed(self):
        self.write(tokens="optional")
        self.assertEqual((200, "i-1"), self.ask("/latest/meta-data/instance-id"))
        self.assertEqual(401, self.ask("/latest/meta-data/instance-id", **{TOKEN: "other"})[0])

    def test_tokens_that_are_not_given(self):
        self.write()
        for life in ("0", "21601", "x"):
            self.assertEqual(400, self.ask("/latest/api/token", "PUT", **{LIFE: life})[0])
        passed_on = {LIFE: "60", "X-Forwarded-For": "10.0.0.1"}
        self.assertEqual(403, self.ask("/latest/api/token", "PUT", **passed_on)[0])

    def test_who_is_no_instance_or_has_it_switched_off_gets_nothing(self):
        self.assertEqual(403, self.ask("/latest/meta-data/")[0])
        self.write(endpoint="disabled", tokens="optional")
        self.assertEqual(403, self.ask("/latest/meta-data/")[0])

    def test_a_token_ends_and_is_good_for_one_address(self):
        now = [0]
        tokens = metadata_service.Tokens(lambda: now[0])
        token = tokens.give("10.0.0.1", 60)
        self.assertTrue(tokens.is_good(token, "10.0.0.1"))
        self.assertFalse(tokens.is_good(token, "10.0.0.2"))
        now[0] = 61
        self.assertFalse(tokens.is_good(token, "10.0.0.1"))


if __name__ == "__main__":
    unittest.main()
