"""Starts the emulated cloud of a rehearsal:

    python -m emulator FOLDER

FOLDER/credentials.json has the access key, FOLDER/settings.json the port (0: any) and the range of
public addresses. Where it listens, it writes to FOLDER/emulator.json; which calls it saw, to
FOLDER/calls.json. Which errors it is to answer with, it reads from FOLDER/faults.json. It listens on
127.0.0.1 only.
With --until-stdin-closes it ends with the process that started it."""

import ipaddress
import json
import os
import signal
import sys
from pathlib import Path

os.environ.update(
    MOTO_ENABLE_AMI_VALIDATION="true",
    MOTO_ENABLE_KEYPAIR_VALIDATION="true",
    MOTO_EC2_ENABLE_INSTANCE_TYPE_VALIDATION="true",
    MOTO_AMIS_PATH=str(Path(__file__).with_name("images.json")),
)

from moto.core import DEFAULT_ACCOUNT_ID  # noqa: E402
from moto.moto_server.werkzeug_app import (  # noqa: E402
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from moto.sts.models import sts_backends  # noqa: E402
from werkzeug.serving import make_server  # noqa: E402

from lifetime import OPTION, end_with_starter  # noqa: E402

from . import settings  # noqa: E402
from .access import OwnKeyOnly  # noqa: E402
from .account import Account  # noqa: E402
from .calls import Calls  # noqa: E402
from .faults import Faults  # noqa: E402
from .one_at_a_time import OneAtATime  # noqa: E402
from .patches import apply_all  # noqa: E402

LOOPBACK = "127.0.0.1"


class QuietHandler(MotoRequestHandler):
    """The runner asks several times a second: only what goes wrong is worth a line."""

    def log_request(self, code="-", size="-"):
        if str(code).startswith("5"):
            print(f"rehearsal: answered a {self.command} with {int(code)}", flush=True)


def is_lent(access_key):
    """Whether a key is one that somebody got for a role."""
    backends = sts_backends[DEFAULT_ACCOUNT_ID].values()
    return any(backend.get_assumed_role_from_access_key(access_key) for backend in backends)


def serve(folder):
    credentials = json.loads((folder / "credentials.json").read_text())
    wanted = json.loads((folder / "settings.json").read_text())
    settings.public_range = ipaddress.ip_network(wanted["publicRange"])
    apply_all()
    account = Account(folder / "account.pickle")
    account.read()
    moto = DomainDispatcherApplication(create_backend_app)
    calls, faults = Calls(folder / "calls.json"), Faults(folder / "faults.json")
    cloud = OneAtATime(moto, account, calls, faults)
    application = OwnKeyOnly(cloud, credentials["accessKeyId"], is_lent)
    server = make_server(
        LOOPBACK, wanted["port"], application, threaded=True, request_handler=QuietHandler
    )
    draft = folder / "emulator.json.new"
    draft.write_text(json.dumps({"pid": os.getpid(), "port": server.server_port}))
    draft.replace(folder / "emulator.json")
    print(f"rehearsal: the emulated cloud listens on {LOOPBACK}:{server.server_port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    if OPTION in sys.argv:
        end_with_starter()
    serve(Path(sys.argv[1]))
