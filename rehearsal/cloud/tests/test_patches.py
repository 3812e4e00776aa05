"""Each patch: the fault that moto has without it, and that it is gone with it. The first half also
tells when a newer moto needs a patch no longer."""

import base64
import ipaddress
import os
import unittest
from contextlib import ExitStack
from pathlib import Path

# Read by moto when it is loaded.
os.environ["MOTO_AMIS_PATH"] = str(Path(__file__).parent.parent / "emulator/images.json")

import boto3  # noqa: E402
from botocore.config import Config  # noqa: E402
from botocore.exceptions import ClientError  # noqa: E402
from moto import mock_aws  # noqa: E402

from emulator import patches  # noqa: E402
from emulator.patches.images import PARAMETERS  # noqa: E402

REGION = "ap-northeast-1"
ZONES = ("ap-northeast-1a", "ap-northeast-1c")
[IMAGE] = PARAMETERS.values()
RANGE = ipaddress.ip_network("198.51.100.0/24")


class Cloud:
    """An empty account, and what most tests need in it."""

    def __init__(self):
        options = {
            "region_name": REGION,
            "aws_access_key_id": "test",
            "aws_secret_access_key": "test",
            "config": Config(retries={"max_attempts": 0}),
        }
        self.ec2, self.ssm, self.s3, self.route53, self.quotas = (
            boto3.client(service, **options)
            for service in ("ec2", "ssm", "s3", "route53", "service-quotas")
        )

    def subnet(self):
        vpc = self.ec2.create_vpc(CidrBlock="10.17.16.0/24")["Vpc"]["VpcId"]
        found = self.ec2.create_subnet(VpcId=vpc, CidrBlock="10.17.16.0/26", AvailabilityZone=ZONES[0])
        return found["Subnet"]["SubnetId"]

    def instance(self, subnet=None, **options):
        wanted = {"SubnetId": subnet or self.subnet(), **options}
        if "NetworkInterfaces" in options:
            del wanted["SubnetId"]
        made = self.ec2.run_instances(
            ImageId=IMAGE, InstanceType="t3.small", MinCount=1, MaxCount=1, **wanted
        )
        return made["Instances"][0]

    def described(self, instance):
        found = self.ec2.describe_instances(InstanceIds=[instance["InstanceId"]])
        return found["Reservations"][0]["Instances"][0]

    def address(self):
        return self.ec2.allocate_address(Domain="vpc")


def error_of(call):
    """The code of the error that a call ends with; None where it ends well."""
    try:
        call()
    except ClientError as problem:
        return problem.response["Error"]["Code"]
    except Exception as problem:  # of moto itself: a server would answer with status 500
        return f"internal: {type(problem).__name__}"
    return None


class Patches(unittest.TestCase):
    """`both` runs a test without and with a patch, each in an account of its own."""

    tested = set()

    def both(self, name, run):
        found = []
        [patch] = [one for one in patches.PATCHES if one.name == name]
        Patches.tested.add(name)
        for is_applied in (False, True):
            with ExitStack() as stack:
                if is_applied:
                    stack.callback(patch.apply())
                stack.enter_context(mock_aws())
                found.append(run(Cloud()))
        return found

    def test_allocate_documentation_address(self):
        fault, mended = self.both(
            "allocate_documentation_address",
            lambda cloud: [ipaddress.ip_address(cloud.address()["PublicIp"]) for _ in range(2)],
        )
        self.assertTrue(all(address.is_loopback for address in fault))
        self.assertTrue(all(address in RANGE for address in mended))
        self.assertLess(mended[0], mended[1])

    def test_documentation_public_address(self):
        def run(cloud):
            subnet = cloud.subnet()
            interface = {"DeviceIndex": 0, "SubnetId": subnet, "AssociatePublicIpAddress": True}
            made = cloud.instance(NetworkInterfaces=[interface])
            return ipaddress.ip_address(cloud.described(made)["PublicIpAddress"])

        fault, mended = self.both("documentation_public_address", run)
        self.assertTrue(fault.is_global)
        self.assertIn(mended, RANGE)

    def test_limit_addresses(self):
        def run(cloud):
            for _ in range(5):
                cloud.address()
            return error_of(cloud.address)

        self.assertEqual([None, "AddressLimitExceeded"], self.both("limit_addresses", run))

    def test_default_is_the_quota(self):
        def run(cloud):
            names = {"ServiceCode": "vpc", "QuotaCode": "L-F678F1CE"}
            try:
                return cloud.quotas.get_aws_default_service_quota(**names)["Quota"]["Value"]
            except Exception as problem:
                return type(problem).__name__

        self.assertEqual(["NotImplementedError", 5], self.both("default_is_the_quota", run))

    def test_quotas_of_account(self):
        def run(cloud):
            names = {"ServiceCode": "ec2", "QuotaCode": "L-0263D0A3"}
            try:
                return cloud.quotas.get_service_quota(**names)["Quota"]["Value"]
            except ClientError as problem:
                return problem.response["Error"]["Code"]

        self.assertEqual(["NoSuchResourceException", 5], self.both("quotas_of_account", run))

    def test_raise_quota(self):
        def run(cloud):
            names = {"ServiceCode": "vpc", "QuotaCode": "L-F678F1CE"}
            try:
                asked = cloud.quotas.request_service_quota_increase(**names, DesiredValue=7)
            except Exception as problem:
                return type(problem).__name__
            again = error_of(
                lambda: cloud.quotas.request_service_quota_increase(**names, DesiredValue=7)
            )
            return asked["RequestedQuota"]["Status"], again

        with_quotas = next(one for one in patches.PATCHES if one.name == "quotas_of_account")
        self.addCleanup(with_quotas.apply())
        fault, mended = self.both("raise_quota", run)
        self.assertEqual("NotImplementedError", fault)
        self.assertEqual(("APPROVED", "IllegalArgumentException"), mended)

    def test_keep_address_in_use(self):
        def run(cloud):
            address, made = cloud.address()["AllocationId"], cloud.instance()
            cloud.ec2.associate_address(AllocationId=address, InstanceId=made["InstanceId"])
            return error_of(lambda: cloud.ec2.release_address(AllocationId=address))

        self.assertEqual([None, "InvalidIPAddress.InUse"], self.both("keep_address_in_use", run))

    def test_release_elastic_ip(self):
        def run(cloud):
            address, made = cloud.address()["AllocationId"], cloud.instance()
            cloud.ec2.associate_address(AllocationId=address, InstanceId=made["InstanceId"])
            cloud.ec2.terminate_instances(InstanceIds=[made["InstanceId"]])
            return cloud.ec2.describe_addresses()["Addresses"][0].get("AssociationId", "") != ""

        self.assertEqual([True, False], self.both("release_elastic_ip", run))

    def test_release_private_addresses(self):
        def run(cloud):
            subnet = cloud.subnet()
            made = cloud.instance(subnet, PrivateIpAddress="10.17.16.10")
            cloud.ec2.terminate_instances(InstanceIds=[made["InstanceId"]])
            return error_of(lambda: cloud.instance(subnet, PrivateIpAddress="10.17.16.10"))

        fault, mended = self.both("release_private_addresses", run)
        self.assertRegex(fault, "^internal")
        self.assertIsNone(mended)

    def test_refuse_private_address(self):
        def run(cloud):
            subnet = cloud.subnet()
            cloud.instance(subnet, PrivateIpAddress="10.17.16.10")
            return [
                error_of(lambda: cloud.instance(subnet, PrivateIpAddress=address))
                for address in ("10.17.16.10", "10.17.16.3", "10.17.16.200")
            ]

        fault, mended = self.both("refuse_private_address", run)
        self.assertNotIn("InvalidIPAddress.InUse", fault)
        self.assertIsNone(fault[1])
        wrong = "InvalidParameterValue"
        self.assertEqual(["InvalidIPAddress.InUse", wrong, wrong], mended)

    def test_limit_vpcs(self):
        def run(cloud):
            # The account's default VPC counts.
            for number in range(4):
                cloud.ec2.create_vpc(CidrBlock=f"10.99.{number}.0/24")
            return error_of(lambda: cloud.ec2.create_vpc(CidrBlock="10.99.9.0/24"))

        self.assertEqual([None, "VpcLimitExceeded"], self.both("limit_vpcs", run))

    def test_keep_subnet_in_use(self):
        def run(cloud):
            subnet = cloud.subnet()
            cloud.instance(subnet)
            return error_of(lambda: cloud.ec2.delete_subnet(SubnetId=subnet))

        self.assertEqual([None, "DependencyViolation"], self.both("keep_subnet_in_use", run))

    def group(self, cloud, subnet):
        [found] = cloud.ec2.describe_subnets(SubnetIds=[subnet])["Subnets"]
        options = {"GroupName": "hosts", "Description": "-", "VpcId": found["VpcId"]}
        return cloud.ec2.create_security_group(**options)["GroupId"]

    def test_keep_group_in_use(self):
        def run(cloud):
            subnet = cloud.subnet()
            group = self.group(cloud, subnet)
            cloud.instance(subnet, SecurityGroupIds=[group])
            return error_of(lambda: cloud.ec2.delete_security_group(GroupId=group))

        self.assertEqual([None, "DependencyViolation"], self.both("keep_group_in_use", run))

    def test_groups_of_first_interface(self):
        def run(cloud):
            subnet = cloud.subnet()
            interface = {"DeviceIndex": 0, "SubnetId": subnet, "Groups": [self.group(cloud, subnet)]}
            made = cloud.instance(NetworkInterfaces=[interface])
            return [group["GroupName"] for group in cloud.described(made)["SecurityGroups"]]

        fault, mended = self.both("groups_of_first_interface", run)
        self.assertNotEqual(["hosts"], fault)
        self.assertEqual(["hosts"], mended)

    def test_description_of_group_rule(self):
        def run(cloud):
            group = self.group(cloud, cloud.subnet())
            pair = {"GroupId": group, "Description": "all among hosts"}
            cloud.ec2.authorize_security_group_ingress(
                GroupId=group, IpPermissions=[{"IpProtocol": "-1", "UserIdGroupPairs": [pair]}]
            )
            rules = cloud.ec2.describe_security_group_rules()["SecurityGroupRules"]
            return [
                rule.get("Description") for rule in rules if "ReferencedGroupInfo" in rule
            ]

        self.assertEqual(
            ([None], ["all among hosts"]), tuple(self.both("description_of_group_rule", run))
        )

    def test_same_zone_only(self):
        def run(cloud):
            made = cloud.instance()["InstanceId"]
            disk = cloud.ec2.create_volume(AvailabilityZone=ZONES[1], Size=1)["VolumeId"]
            where = {"VolumeId": disk, "InstanceId": made, "Device": "/dev/sdf"}
            return error_of(lambda: cloud.ec2.attach_volume(**where))

        self.assertEqual([None, "InvalidVolume.ZoneMismatch"], self.both("same_zone_only", run))

    def test_free_volume_is_available(self):
        def run(cloud):
            made = cloud.instance()["InstanceId"]
            disk = cloud.ec2.create_volume(AvailabilityZone=ZONES[0], Size=1)["VolumeId"]
            return error_of(lambda: cloud.ec2.detach_volume(VolumeId=disk, InstanceId=made))

        fault, mended = self.both("free_volume_is_available", run)
        self.assertEqual("InvalidAttachment.NotFound", fault)
        self.assertEqual("IncorrectState", mended)

    def test_count_reboots(self):
        def run(cloud):
            made = cloud.instance()
            for _ in range(2):
                cloud.ec2.reboot_instances(InstanceIds=[made["InstanceId"]])
            return cloud.described(made).get("StateTransitionReason")

        fault, mended = self.both("count_reboots", run)
        self.assertFalse(fault)
        self.assertEqual("rehearsed reboot 2", mended)

    def test_limit_user_data(self):
        def run(cloud):
            subnet = cloud.subnet()
            cloud.instance(subnet, UserData="x" * 16384)
            return error_of(lambda: cloud.instance(subnet, UserData="x" * 16385))

        self.assertEqual([None, "InvalidParameterValue"], self.both("limit_user_data", run))

    def test_debian_parameters(self):
        def run(cloud):
            [name] = PARAMETERS
            return error_of(lambda: cloud.ssm.get_parameter(Name=name))

        self.assertEqual(["ParameterNotFound", None], self.both("debian_parameters", run))

    def test_zone_in_vpc_is_private(self):
        def run(cloud):
            vpc = cloud.ec2.create_vpc(CidrBlock="10.17.16.0/24")["Vpc"]["VpcId"]
            where = {"VPCRegion": REGION, "VPCId": vpc}
            made = cloud.route53.create_hosted_zone(Name="a.example", CallerReference="1", VPC=where)
            return made["HostedZone"]["Config"]["PrivateZone"]

        self.assertEqual([False, True], self.both("zone_in_vpc_is_private", run))

    def test_tags_of_new_bucket(self):
        def run(cloud):
            tags = [{"Key": "stage", "Value": "staging"}]
            where = {"LocationConstraint": REGION, "Tags": tags}
            cloud.s3.create_bucket(Bucket="a-bucket", CreateBucketConfiguration=where)
            return error_of(lambda: cloud.s3.get_bucket_tagging(Bucket="a-bucket"))

        self.assertEqual(["NoSuchTagSet", None], self.both("tags_of_new_bucket", run))

    def test_the_image_of_the_parameter_has_a_root_device(self):
        with mock_aws():
            [image] = Cloud().ec2.describe_images(ImageIds=[IMAGE])["Images"]
        self.assertEqual("/dev/xvda", image["RootDeviceName"])

    def test_a_terminated_instance_releases_its_disks(self):
        """moto does so itself; hive's fleet relies on it."""
        with mock_aws():
            cloud = Cloud()
            made = cloud.instance()["InstanceId"]
            disk = cloud.ec2.create_volume(AvailabilityZone=ZONES[0], Size=1)["VolumeId"]
            cloud.ec2.attach_volume(VolumeId=disk, InstanceId=made, Device="/dev/sdf")
            cloud.ec2.terminate_instances(InstanceIds=[made])
            [found] = cloud.ec2.describe_volumes(VolumeIds=[disk])["Volumes"]
        self.assertEqual("available", found["State"])

    def test_zz_every_patch_has_a_test(self):
        self.assertEqual({patch.name for patch in patches.PATCHES}, Patches.tested)


class UserData(unittest.TestCase):
    def test_they_come_back_as_they_were_given(self):
        with mock_aws():
            cloud = Cloud()
            made = cloud.instance(UserData="#cloud-config\n")
            which = {"InstanceId": made["InstanceId"], "Attribute": "userData"}
            found = cloud.ec2.describe_instance_attribute(**which)["UserData"]["Value"]
        self.assertEqual(b"#cloud-config\n", base64.b64decode(found))


if __name__ == "__main__":
    unittest.main()
