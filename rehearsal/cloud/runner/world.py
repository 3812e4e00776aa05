"""One look at the emulated cloud."""

from dataclasses import dataclass, field

ALIVE = ("pending", "running", "stopping", "stopped", "shutting-down")
ROOT_DEVICES = ("/dev/xvda", "/dev/sda1")


@dataclass
class World:
    """What there is, as the API describes it; by its id where it has one."""

    instances: dict = field(default_factory=dict)  # those that exist, running or not
    vpcs: dict = field(default_factory=dict)  # those with instances
    addresses: list = field(default_factory=list)  # Elastic IPs of instances
    groups: dict = field(default_factory=dict)
    volumes: dict = field(default_factory=dict)

    def instances_of(self, vpc):
        return [one for one in self.instances.values() if one["VpcId"] == vpc]

    def pairs_of(self, vpc):
        """{Elastic IP: private address} of a VPC."""
        return {
            address["PublicIp"]: self.instances[address["InstanceId"]]["PrivateIpAddress"]
            for address in self.addresses
            if self.instances[address["InstanceId"]]["VpcId"] == vpc
        }

    def disks_of(self, instance):
        """[(device, volume id)] of what is attached to an instance beside its root, in order."""
        return sorted(
            (attachment["Device"], volume_id)
            for volume_id, volume in self.volumes.items()
            for attachment in volume.get("Attachments", [])
            if attachment["InstanceId"] == instance and attachment["Device"] not in ROOT_DEVICES
        )


def look(ec2):
    reservations = ec2.describe_instances()["Reservations"]
    found = [instance for reservation in reservations for instance in reservation["Instances"]]
    instances = {one["InstanceId"]: one for one in found if one["State"]["Name"] in ALIVE}
    inhabited = {one["VpcId"] for one in instances.values()}
    return World(
        instances=instances,
        vpcs={vpc["VpcId"]: vpc for vpc in ec2.describe_vpcs()["Vpcs"] if vpc["VpcId"] in inhabited},
        addresses=[
            one for one in ec2.describe_addresses()["Addresses"] if one.get("InstanceId") in instances
        ],
        groups={one["GroupId"]: one for one in ec2.describe_security_groups()["SecurityGroups"]},
        volumes={one["VolumeId"]: one for one in ec2.describe_volumes()["Volumes"]},
    )


def is_wanted(instance):
    """Whether an instance is meant to run."""
    return instance["State"]["Name"] in ("pending", "running")
