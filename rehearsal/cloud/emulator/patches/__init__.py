"""All patches: importing this package fills `PATCHES`."""

from . import addresses, disks, images, instances, names, network, quotas  # noqa: F401
from ..patch import PATCHES


def apply_all():
    for patch in PATCHES:
        patch.apply()
