"""The pool of public addresses."""

import ipaddress

from . import settings
from .patch import api_error

# .1 is the computer, .2 to .9 are routers.
FIRST = 10


class Pool:
    """Each address is a later one than the one before, so that a stale one shows, until the range is
    used up; then from the beginning."""

    def __init__(self):
        self.last = FIRST - 1

    def take(self, taken):
        """The next address that is not in `taken`, a set of texts."""
        end = settings.public_range.num_addresses - 1
        for _ in range(end):
            self.last = self.last + 1 if FIRST <= self.last + 1 < end else FIRST
            address = str(settings.public_range[self.last])
            if address not in taken:
                return address
        raise api_error("InsufficientAddressCapacity", "The pool of public addresses is used up.")

    def after(self, addresses):
        """Goes on after the latest of some addresses, which an earlier process gave out."""
        for text in addresses:
            address = ipaddress.ip_address(text)
            if address in settings.public_range:
                self.last = max(self.last, int(address) - int(settings.public_range[0]))


pool = Pool()
