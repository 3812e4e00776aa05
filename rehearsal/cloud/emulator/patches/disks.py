"""EBS volumes."""

from moto.ec2.models.elastic_block_store import EBSBackend

from ..patch import api_error, mends


@mends(EBSBackend, "attach_volume", "A volume can be attached in another zone.")
def same_zone_only(original):
    def attach_volume(self, volume_id, instance_id, device_path, delete_on_termination=False):
        volume, instance = self.get_volume(volume_id), self.get_instance(instance_id)
        if volume.zone.name != instance.placement.zone:
            message = (
                f"The volume '{volume_id}' is not in the same availability zone"
                f" as instance '{instance_id}'"
            )
            raise api_error("InvalidVolume.ZoneMismatch", message)
        return original(self, volume_id, instance_id, device_path, delete_on_termination)

    return attach_volume


@mends(
    EBSBackend,
    "detach_volume",
    "To detach a free volume is another error than on AWS, where the provider takes it for done.",
)
def free_volume_is_available(original):
    def detach_volume(self, volume_id, instance_id, device_path):
        if not self.get_volume(volume_id).attachment:
            raise api_error("IncorrectState", f"Volume '{volume_id}' is in the 'available' state.")
        return original(self, volume_id, instance_id, device_path)

    return detach_volume
