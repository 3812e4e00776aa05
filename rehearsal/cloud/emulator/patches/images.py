"""Debian's machine images."""

from moto.core.utils import utcnow
from moto.ssm.models import Parameter, ParameterDict

from ..patch import mends

# The image is in images.json. What runs in its place is always the container image `images/ami`.
PARAMETERS = {"/aws/service/debian/release/13/latest/amd64": "ami-0000000000000d013"}


@mends(ParameterDict, "_check_loading_status", "Debian's public parameters are not there.")
def debian_parameters(original):
    def _check_loading_status(self, key):
        original(self, key)
        if not str(key or "").startswith("/aws/service/debian/"):
            return
        for name, image in PARAMETERS.items():
            if not dict.__contains__(self, name):
                dict.__setitem__(self, name, [public_parameter(self.account_id, name, image)])

    return _check_loading_status


def public_parameter(account, name, value):
    """As moto's own public parameters: of nobody, in the first version."""
    nothing = (None, None, None)
    return Parameter(account, name, value, "String", *nothing, utcnow(), 1, "aws:ec2:image")
