"""How moto is mended: one small function for each fault, which replaces one attribute.

    @mends(Instance, "terminate", "A terminated instance keeps its Elastic IP.")
    def release_elastic_ip(original):
        def terminate(self): ...
        return terminate

All patches are in PATCHES; the tests apply and undo each alone."""

from dataclasses import dataclass
from typing import Any, Callable

from moto.core.exceptions import ServiceException


@dataclass(frozen=True)
class Patch:
    """`fault` says what moto does without it; `make` gets the original, None where moto has none, and
    returns the replacement."""

    name: str
    fault: str
    owner: Any
    attribute: str
    make: Callable[[Any], Any]

    def apply(self) -> Callable[[], None]:
        """Applies it. Returns what undoes it."""
        original = getattr(self.owner, self.attribute, None)
        setattr(self.owner, self.attribute, self.make(original))
        if original is None:
            return lambda: delattr(self.owner, self.attribute)
        return lambda: setattr(self.owner, self.attribute, original)


PATCHES: list[Patch] = []


def mends(owner, attribute, fault):
    """Adds a function to PATCHES, under its own name."""

    def add(make):
        PATCHES.append(Patch(make.__name__, fault, owner, attribute, make))
        return make

    return add


def api_error(code, message):
    """An error of the API. A plain exception would be HTTP 500, after which clients try again."""
    return type(code, (ServiceException,), {"code": code})(message)
