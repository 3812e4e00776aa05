"""What the metadata service of each VPC answers."""

import base64
import json
from datetime import datetime, timedelta, timezone

ACCOUNT = "123456789012"  # moto's

# Keys of a role are lent anew when they are about to end, as on AWS.
RENEW = timedelta(minutes=15)


class Metadata:
    def __init__(self, docker, written, clients, region):
        self._docker = docker
        self._written = written
        self._ec2, self._iam, self._sts = clients
        self._region = region
        self._known = {}  # by instance: what they were made from, when they end, the answers

    def follow(self, vpc, router, world):
        """Writes the answers for all instances of a VPC to its router."""
        answers = {
            instance["PrivateIpAddress"]: self._answers(instance, world)
            for instance in world.instances_of(vpc)
        }
        store = "umask 077; cat > /run/metadata.new; mv /run/metadata.new /run/metadata.json"
        command = ("exec", "--interactive", router, "sh", "-ec", store)
        text = json.dumps(answers, sort_keys=True)
        self._written.write((router, "metadata"), text, lambda new: self._docker(*command, text=new))

    def _answers(self, instance, world):
        name = instance["InstanceId"]
        public = [one["PublicIp"] for one in world.addresses if one["InstanceId"] == name]
        source = json.dumps([instance, public], default=str, sort_keys=True)
        known = self._known.get(name)
        if known is not None and known[0] == source and known[1] > datetime.now(timezone.utc):
            return known[2]
        role, end = self._role(instance)
        answers = answers_of(instance, self._region, public, self._user_data(name), self._key(instance), role)
        self._known[name] = (source, end, answers)
        return answers

    def _user_data(self, name):
        which = {"InstanceId": name, "Attribute": "userData"}
        return base64.b64decode(self._ec2.describe_instance_attribute(**which)["UserData"].get("Value", ""))

    def _key(self, instance):
        """The public key that the instance was started with, as in authorized_keys."""
        if "KeyName" not in instance:
            return None
        which = {"KeyNames": [instance["KeyName"]], "IncludePublicKey": True}
        [pair] = self._ec2.describe_key_pairs(**which)["KeyPairs"]
        return " ".join([*pair["PublicKey"].split()[:2], instance["KeyName"]])

    def _role(self, instance):
        """The part of the tree about the instance's role, and when its keys are to be renewed."""
        profile = instance.get("IamInstanceProfile")
        if profile is None:
            return None, datetime.max.replace(tzinfo=timezone.utc)
        which = {"InstanceProfileName": profile["Arn"].split("/")[-1]}
        roles = self._iam.get_instance_profile(**which)["InstanceProfile"]["Roles"]
        if not roles:
            return None, datetime.now(timezone.utc)
        [role] = roles
        session = {"RoleArn": role["Arn"], "RoleSessionName": instance["InstanceId"]}
        lent = self._sts.assume_role(**session)["Credentials"]
        return role_tree(profile, role["RoleName"], lent), lent["Expiration"] - RENEW


def role_tree(profile, role, lent):
    form = "%Y-%m-%dT%H:%M:%SZ"
    keys = {
        "Code": "Success",
        "LastUpdated": datetime.now(timezone.utc).strftime(form),
        "Type": "AWS-HMAC",
        "AccessKeyId": lent["AccessKeyId"],
        "SecretAccessKey": lent["SecretAccessKey"],
        "Token": lent["SessionToken"],
        "Expiration": lent["Expiration"].strftime(form),
    }
    info = {"Code": "Success", "InstanceProfileArn": profile["Arn"], "InstanceProfileId": profile["Id"]}
    return {"info": json.dumps(info), "security-credentials": {role: json.dumps(keys)}}


def macs_of(instance):
    """The network interfaces of an instance, by their hardware address."""
    return {
        one["MacAddress"]: {
            "device-number": str(one["Attachment"]["DeviceIndex"]),
            "interface-id": one["NetworkInterfaceId"],
            "local-ipv4s": one["PrivateIpAddress"],
            "mac": one["MacAddress"],
            "subnet-id": one["SubnetId"],
            "vpc-id": one["VpcId"],
        }
        for one in instance["NetworkInterfaces"]
    }


def answers_of(instance, region, public, user_data, key, role):
    """The answers for one instance, as the metadata service reads them."""
    options = instance.get("MetadataOptions", {})
    zone, address = instance["Placement"]["AvailabilityZone"], instance["PrivateIpAddress"]
    tree = {
        "ami-id": instance["ImageId"],
        "hostname": instance["PrivateDnsName"],
        "instance-id": instance["InstanceId"],
        "instance-type": instance["InstanceType"],
        "local-hostname": instance["PrivateDnsName"],
        "local-ipv4": address,
        "mac": instance["NetworkInterfaces"][0]["MacAddress"],
        "placement": {"availability-zone": zone, "region": region},
        "security-groups": "\n".join(group["GroupName"] for group in instance["SecurityGroups"]),
        "network": {"interfaces": {"macs": macs_of(instance)}},
        "services": {"domain": "amazonaws.com", "partition": "aws"},
    }
    if public:
        tree["public-ipv4"] = public[0]
    if key is not None:
        tree["public-keys"] = {"0": {"openssh-key": key}}
    if role is not None:
        tree["iam"] = role
    document = {
        "accountId": ACCOUNT,
        "architecture": instance.get("Architecture", "x86_64"),
        "availabilityZone": zone,
        "imageId": instance["ImageId"],
        "instanceId": instance["InstanceId"],
        "instanceType": instance["InstanceType"],
        "pendingTime": instance["LaunchTime"].strftime("%Y-%m-%dT%H:%M:%SZ"),
        "privateIp": address,
        "region": region,
        "version": "2017-09-30",
    }
    identity = {"instance-identity": {"document": json.dumps(document, indent=2)}}
    return {
        "endpoint": options.get("HttpEndpoint", "enabled"),
        "tokens": options.get("HttpTokens", "optional"),
        "hopLimit": options.get("HttpPutResponseHopLimit", 1),
        "userData": user_data.hex(),
        "tree": {"meta-data": tree, "dynamic": identity},
    }
