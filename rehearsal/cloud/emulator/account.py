"""The account of the emulated cloud, on disk: moto itself forgets everything at its end."""

import os
import pickle
from pathlib import Path

from moto.backends import get_backend
from moto.core import DEFAULT_ACCOUNT_ID

from .public_addresses import pool

# Those of ssm and kms cannot be written: parameters and keys of a rehearsal end with the emulator.
SERVICES = ("ec2", "iam", "route53", "s3", "service-quotas", "sts")


class Account:
    """Not safe for threads: the caller sees to it that nothing changes meanwhile."""

    def __init__(self, file):
        self._file = Path(file)
        self._written = None

    def read(self):
        """Restores what an earlier emulator wrote, if there is something."""
        if not self._file.exists():
            return
        for (service, region), data in pickle.loads(self._file.read_bytes()).items():
            get_backend(service)[DEFAULT_ACCOUNT_ID][region] = pickle.loads(data)
        for backend in get_backend("ec2")[DEFAULT_ACCOUNT_ID].values():
            pool.after(address.public_ip for address in backend.addresses)

    def write(self):
        """Writes it, whole or not at all, where it has changed."""
        now = {
            (service, region): pickle.dumps(backend)
            for service in SERVICES
            for region, backend in get_backend(service)[DEFAULT_ACCOUNT_ID].items()
        }
        if now == self._written:
            return
        draft = self._file.with_suffix(".new")
        with open(draft, "wb", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            pickle.dump(now, file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._file)
        self._written = now
