"""What the runner makes of the state of the emulated cloud. Needs nothing but Python."""

import os
import subprocess
import tempfile
import unittest
from datetime import datetime, timezone

from runner.docker import DockerError
from runner.groups import rules_of
from runner.instances import REBOOTED, Instances, reboots_of
from runner.metadata import answers_of
from runner.router import Routers, translation
from runner.volumes import loops_of, show_disks
from runner.world import World, look
from runner.written import Written


def instance(number, groups=("sg-hosts",), state="running", **more):
    return {
        "InstanceId": f"i-{number}",
        "VpcId": "vpc-1",
        "PrivateIpAddress": f"10.0.0.{number}",
        "State": {"Name": state},
        "SecurityGroups": [{"GroupId": group, "GroupName": group} for group in groups],
        **more,
    }


def world_of(*instances, **more):
    return World(instances={one["InstanceId"]: one for one in instances}, **more)


def permission(protocol, first=-1, last=-1, ranges=(), groups=()):
    return {
        "IpProtocol": protocol,
        "FromPort": first,
        "ToPort": last,
        "IpRanges": [{"CidrIp": one} for one in ranges],
        "UserIdGroupPairs": [{"GroupId": one} for one in groups],
    }


class Groups(unittest.TestCase):
    def rules(self, inward, outward=()):
        groups = {"sg-hosts": {"IpPermissions": list(inward), "IpPermissionsEgress": list(outward)}}
        found = rules_of(instance(10), world_of(instance(10), instance(11), groups=groups))
        parts = found.split("chain ")
        return [
            [line.strip() for line in part.splitlines() if "accept" in line or "drop" in line]
            for part in parts[1:]
        ]

    always = ['iifname != "eth0" accept', "ct state established,related accept"]

    def test_nothing_is_let_through_that_no_group_names(self):
        inward, outward = self.rules([])
        self.assertEqual([*self.always, "ip saddr 169.254.169.254 accept", "drop"], inward)
        self.assertEqual("drop", outward[-1])
        self.assertEqual(4, len(outward))

    def test_ports_of_a_protocol_for_everybody(self):
        inward, _ = self.rules([permission("tcp", 80, 81, ["0.0.0.0/0"])])
        self.assertIn("meta nfproto ipv4 meta l4proto tcp th dport 80-81 accept", inward)

    def test_some_addresses_only(self):
        inward, _ = self.rules([permission("udp", 53, 53, ["192.0.2.0/24", "203.0.113.7/32"])])
        self.assertIn(
            "ip saddr { 192.0.2.0/24, 203.0.113.7/32 } meta nfproto ipv4 meta l4proto udp"
            " th dport 53-53 accept",
            inward,
        )

    def test_members_of_a_group_by_their_private_addresses(self):
        inward, _ = self.rules([permission("-1", groups=["sg-hosts"])])
        self.assertIn("ip saddr { 10.0.0.10, 10.0.0.11 } accept", inward)

    def test_a_group_without_members_lets_nothing_through(self):
        inward, _ = self.rules([permission("-1", groups=["sg-empty"])])
        self.assertEqual(4, len(inward))

    def test_the_way_out_is_by_where_it_leads(self):
        _, outward = self.rules([], [permission("tcp", 443, 443, ["192.0.2.0/24"])])
        self.assertIn(
            "ip daddr { 192.0.2.0/24 } meta nfproto ipv4 meta l4proto tcp th dport 443-443 accept",
            outward,
        )


class Router(unittest.TestCase):
    def test_an_elastic_ip_is_translated_both_ways_and_its_instance_may_leave(self):
        rules = translation({"198.51.100.10": "10.0.0.10"})
        self.assertIn("elements = { 198.51.100.10 : 10.0.0.10 }", rules)
        self.assertIn("elements = { 10.0.0.10 : 198.51.100.10 }", rules)
        self.assertIn("ip saddr { 10.0.0.10 } accept", rules)

    def test_without_elastic_ip_nobody_leaves(self):
        rules = translation({})
        self.assertNotIn("elements", rules)
        self.assertIn("policy drop", rules)
        self.assertNotIn("saddr {", rules)


    def test_one_that_could_not_be_made_whole_is_removed(self):
        class Failing(FakeDocker):
            def __call__(self, *args, **_):
                super().__call__(*args)
                if args[:2] == ("network", "connect"):
                    raise DockerError("no such network")

            def has(self, *_):
                return True

            def gateway(self, _):
                return "172.17.0.1"

        docker = Failing()
        routers = Routers(docker, Written(), "image", "198.51.100.0/24", "disks", lambda _: None)
        with self.assertRaises(DockerError):
            routers.follow(World(vpcs={"vpc-1": {"CidrBlock": "10.0.0.0/24"}}))
        self.assertEqual(["create", "network", "rm"], docker.asked)


class Volumes(unittest.TestCase):
    listed = """/dev/loop0 /disks/vol-a.img
/dev/loop3 /vol-b.img (deleted)
/dev/loop4 /var/lib/snapd/snaps/core.snap
/dev/loop5 /disks/vol-c.img"""

    def test_only_files_of_the_rehearsal_are_its_loop_devices_wherever_they_show(self):
        self.assertEqual({"vol-a": 0, "vol-b": 3}, loops_of(self.listed, ["vol-a.img", "vol-b.img"]))

    def test_disks_have_the_names_of_aws_in_the_order_of_their_devices(self):
        script = show_disks([("/dev/sdf", "vol-b"), ("/dev/sdg", "vol-a")], {"vol-a": 0, "vol-b": 3})
        self.assertIn("mknod -m 660 /dev/nvme1n1 b 7 3\nln -s nvme1n1 /dev/sdf", script)
        self.assertIn("mknod -m 660 /dev/nvme2n1 b 7 0\nln -s nvme2n1 /dev/sdg", script)
        self.assertIn("/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_vola", script)

    def test_a_disk_that_is_attached_again_has_its_names_again(self):
        script = show_disks([("/dev/xvdcf", "vol-a")], {"vol-a": 0})
        with tempfile.TemporaryDirectory() as folder:
            there = script.replace("/dev", folder).replace("mknod -m 660", "touch").replace(" b 7 0", "")
            for _ in range(2):
                subprocess.run(["sh", "-ec", there], check=True)
            self.assertEqual({"disk", "nvme1n1", "xvdcf"}, set(os.listdir(folder)))
            self.assertTrue(os.path.exists(os.path.join(folder, "xvdcf")))
            none = show_disks([], {}).replace("/dev", folder)
            subprocess.run(["sh", "-ec", none], check=True)
            self.assertEqual(["disk"], os.listdir(folder))

    def test_the_root_disk_is_not_one_of_them(self):
        attached = lambda device: {"Attachments": [{"InstanceId": "i-1", "Device": device}]}  # noqa: E731
        volumes = {"vol-root": attached("/dev/xvda"), "vol-a": attached("/dev/sdf")}
        self.assertEqual([("/dev/sdf", "vol-a")], World(volumes=volumes).disks_of("i-1"))


class Remembered(unittest.TestCase):
    def test_nothing_is_written_twice_until_it_is_forgotten(self):
        written, seen = Written(), []
        self.assertTrue(written.write(("one", "groups"), "a", seen.append))
        self.assertFalse(written.write(("one", "groups"), "a", seen.append))
        written.forget("one")
        written.write(("one", "groups"), "a", seen.append)
        self.assertEqual(["a", "a"], seen)

    def test_what_could_not_be_written_is_tried_again(self):
        def fail(_):
            raise RuntimeError

        written, seen = Written(), []
        with self.assertRaises(RuntimeError):
            written.write(("one",), "a", fail)
        written.write(("one",), "a", seen.append)
        self.assertEqual(["a"], seen)


class FakeDocker:
    """Knows containers by their states, and writes down what is asked of it."""

    rehearsal = "test"

    def __init__(self, states=None, exit_code=0):
        self.states = states or {}
        self.code = exit_code
        self.asked = []

    def __call__(self, *args, **_):
        self.asked.append(args[0])

    def name(self, thing):
        return thing

    def labels(self, _):
        return ()

    def cgroup_options(self):
        return ()

    def containers(self, _):
        return self.states

    def exit_code(self, _):
        return self.code


class FakeCloud:
    """EC2, as far as instances ask it."""

    def __init__(self):
        self.stopped = []

    def stop_instances(self, InstanceIds):
        self.stopped += InstanceIds

    def describe_instance_types(self, InstanceTypes):
        return {"InstanceTypes": [{"MemoryInfo": {"SizeInMiB": 2048}}]}


class NoGroups:
    def follow(self, *_):
        pass


class InstanceStates(unittest.TestCase):
    def follow(self, docker, *looks):
        """The instance at each look, and what was asked of Docker."""
        cloud = FakeCloud()
        instances = Instances(docker, Written(), "image", cloud, NoGroups(), lambda _: None)
        for state, wanted in looks:
            docker.states = {} if state is None else {"i-1": state}
            running, problems = instances.follow(world_of(wanted), lambda vpc: vpc)
            self.assertEqual([], problems)
        return docker.asked, running, cloud.stopped

    one = {
        "InstanceType": "t3.small",
        "NetworkInterfaces": [{"MacAddress": "02:00:00:00:00:01"}],
    }
    running = instance(1, **one)
    stopped = instance(1, state="stopped", **one)

    def test_a_new_instance_is_launched(self):
        asked, running, _ = self.follow(FakeDocker(), (None, self.running))
        self.assertEqual(["volume", "run"], asked)
        self.assertEqual({"i-1": "i-1"}, running)

    def test_one_that_runs_is_left_alone(self):
        asked, _, _ = self.follow(FakeDocker(), ("running", self.running), ("running", self.running))
        self.assertEqual([], asked)

    def test_one_that_is_to_stop_is_stopped(self):
        asked, running, _ = self.follow(FakeDocker(), ("running", self.stopped))
        self.assertEqual(["stop"], asked)
        self.assertEqual({}, running)

    def test_one_that_shut_itself_down_is_stopped_in_the_cloud_too(self):
        docker = FakeDocker(exit_code=130)
        asked, _, stopped = self.follow(docker, ("running", self.running), ("exited", self.running))
        self.assertEqual(([], ["i-1"]), (asked, stopped))

    def test_one_that_rebooted_itself_is_started(self):
        docker = FakeDocker(exit_code=REBOOTED)
        asked, _, stopped = self.follow(docker, ("running", self.running), ("exited", self.running))
        self.assertEqual((["start"], []), (asked, stopped))

    def test_one_that_ended_while_nobody_looked_is_started(self):
        asked, _, stopped = self.follow(FakeDocker(), ("exited", self.running))
        self.assertEqual((["start"], []), (asked, stopped))

    def test_a_reboot_is_seen_by_its_number(self):
        again = {**self.running, "StateTransitionReason": "rehearsed reboot 1"}
        looks = ("running", self.running), ("running", again), ("running", again)
        self.assertEqual(["stop", "start"], self.follow(FakeDocker(), *looks)[0])
        self.assertEqual(1, reboots_of(again))

    def test_the_problem_of_one_does_not_stop_the_others(self):
        class Failing(FakeDocker):
            def __call__(self, *args, **_):
                if "i-2" in args:
                    raise RuntimeError("no space")

        docker = Failing()
        instances = Instances(docker, Written(), "image", FakeCloud(), NoGroups(), lambda _: None)
        two = {**self.running, "InstanceId": "i-2"}
        running, problems = instances.follow(world_of(self.running, two), lambda vpc: vpc)
        self.assertEqual({"i-1": "i-1"}, running)
        self.assertEqual(["i-2: no space"], problems)


class Looking(unittest.TestCase):
    def test_terminated_instances_and_empty_vpcs_do_not_count(self):
        class Cloud:
            def describe_instances(self):
                gone = instance(9, state="terminated")
                return {"Reservations": [{"Instances": [instance(1), gone]}]}

            def describe_vpcs(self):
                return {"Vpcs": [{"VpcId": "vpc-1"}, {"VpcId": "vpc-empty"}]}

            def describe_addresses(self):
                return {"Addresses": [{"InstanceId": "i-1", "PublicIp": "198.51.100.10"}, {}]}

            def describe_security_groups(self):
                return {"SecurityGroups": []}

            def describe_volumes(self):
                return {"Volumes": []}

        world = look(Cloud())
        self.assertEqual(["i-1"], list(world.instances))
        self.assertEqual(["vpc-1"], list(world.vpcs))
        self.assertEqual({"198.51.100.10": "10.0.0.1"}, world.pairs_of("vpc-1"))


class Metadata(unittest.TestCase):
    def test_the_answers_are_those_of_the_instance(self):
        described = instance(
            1,
            ImageId="ami-1",
            InstanceType="t3.small",
            PrivateDnsName="ip-10-0-0-1",
            Placement={"AvailabilityZone": "ap-northeast-1a"},
            LaunchTime=datetime(2026, 1, 2, tzinfo=timezone.utc),
            MetadataOptions={"HttpTokens": "required", "HttpPutResponseHopLimit": 2},
            NetworkInterfaces=[
                {
                    "MacAddress": "02:00:00:00:00:01",
                    "NetworkInterfaceId": "eni-1",
                    "Attachment": {"DeviceIndex": 0},
                    "PrivateIpAddress": "10.0.0.1",
                    "SubnetId": "subnet-1",
                    "VpcId": "vpc-1",
                }
            ],
        )
        found = answers_of(described, "ap-northeast-1", [], b"data", "ssh-ed25519 AAAA key", None)
        self.assertEqual(("required", 2, "enabled"), (found["tokens"], found["hopLimit"], found["endpoint"]))
        self.assertEqual(b"data", bytes.fromhex(found["userData"]))
        tree = found["tree"]["meta-data"]
        self.assertEqual("ap-northeast-1a", tree["placement"]["availability-zone"])
        self.assertNotIn("public-ipv4", tree)
        self.assertNotIn("iam", tree)


if __name__ == "__main__":
    unittest.main()
