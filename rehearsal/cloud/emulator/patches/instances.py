"""Instances."""

import base64
import re

from moto.ec2.models.instances import Instance, InstanceBackend

from ..patch import api_error, mends

LONGEST_USER_DATA = 16384  # bytes


@mends(Instance, "reboot", "A reboot leaves no trace, so that the runner does not see it.")
def count_reboots(original):
    def reboot(self):
        before = re.search(r"rehearsed reboot (\d+)", self._reason or "")
        original(self)
        self._reason = f"rehearsed reboot {int(before[1]) + 1 if before else 1}"

    return reboot


@mends(InstanceBackend, "run_instances", "User data of any size are accepted.")
def limit_user_data(original):
    def run_instances(self, image_id, count, user_data, *args, **options):
        if user_data and len(base64.b64decode(user_data.as_bytes())) > LONGEST_USER_DATA:
            message = f"User data is limited to {LONGEST_USER_DATA} bytes"
            raise api_error("InvalidParameterValue", message)
        return original(self, image_id, count, user_data, *args, **options)

    return run_instances
