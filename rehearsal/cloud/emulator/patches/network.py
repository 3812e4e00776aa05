"""VPCs, subnets, security groups."""

from moto.ec2.models.instances import Instance
from moto.ec2.models.security_groups import SecurityGroupBackend, SecurityGroupRule
from moto.ec2.models.subnets import SubnetBackend
from moto.ec2.models.vpcs import VPCBackend

from .. import settings
from ..patch import api_error, mends
from .quotas import raised


def live_instances(backend):
    return [one for one in backend.all_instances() if one.state != "terminated"]


@mends(VPCBackend, "create_vpc", "There is no limit to VPCs.")
def limit_vpcs(original):
    def create_vpc(self, *args, **options):
        if len(self.vpcs) >= raised(self, "vpc", "L-F678F1CE", settings.vpc_limit):
            message = "The maximum number of VPCs has been reached."
            raise api_error("VpcLimitExceeded", message)
        return original(self, *args, **options)

    return create_vpc


@mends(SubnetBackend, "delete_subnet", "A subnet with instances can be deleted.")
def keep_subnet_in_use(original):
    def delete_subnet(self, subnet_id):
        if any(one.subnet_id == subnet_id for one in live_instances(self)):
            message = f"The subnet '{subnet_id}' has dependencies and cannot be deleted."
            raise api_error("DependencyViolation", message)
        return original(self, subnet_id)

    return delete_subnet


@mends(
    SecurityGroupBackend,
    "delete_security_group",
    "A security group of an instance can be deleted.",
)
def keep_group_in_use(original):
    def delete_security_group(self, name=None, group_id=None):
        for instance in live_instances(self):
            for interface in instance.nics.values():
                if any(group.id == group_id for group in interface.group_set):
                    message = f"resource {group_id} has a dependent object"
                    raise api_error("DependencyViolation", message)
        return original(self, name, group_id)

    return delete_security_group


@mends(
    Instance,
    "prep_nics",
    "Security groups that are given for the first network interface are not the instance's.",
)
def groups_of_first_interface(original):
    def prep_nics(self, *args, **options):
        original(self, *args, **options)
        if not self.security_groups and 0 in self.nics:
            self.security_groups = list(self.nics[0].group_set)

    return prep_nics


@mends(
    SecurityGroupRule,
    "description",
    "The description of a rule for another group is never shown again.",
)
def description_of_group_rule(original):
    def description(self):
        return original.fget(self) or self.source_group.get("Description")

    return property(description)
