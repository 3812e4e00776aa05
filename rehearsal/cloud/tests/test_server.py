"""The server around moto: who may use it, and what is on disk."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.request
from pathlib import Path

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

KEY = "AKIATESTTESTTESTTEST"


class Server(unittest.TestCase):
    suffix = ""  # of the endpoint

    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)
        credentials = {"accessKeyId": KEY, "secretAccessKey": "-"}
        (self.folder / "credentials.json").write_text(json.dumps(credentials))
        settings = {"port": 0, "publicRange": "203.0.113.0/24"}
        (self.folder / "settings.json").write_text(json.dumps(settings))
        self.process = None
        self.addCleanup(self.end)
        self.start()

    def start(self):
        (self.folder / "emulator.json").unlink(missing_ok=True)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "emulator", str(self.folder), "--until-stdin-closes"],
            cwd=Path(__file__).parent.parent,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
        )
        answer = self.folder / "emulator.json"
        end = time.monotonic() + 60
        while not answer.exists():
            self.assertIsNone(self.process.poll(), "the emulator has ended")
            self.assertLess(time.monotonic(), end, "the emulator did not come up")
            time.sleep(0.05)
        self.port = json.loads(answer.read_text())["port"]

    def end(self, how=signal.SIGKILL):
        self.process.send_signal(how)
        self.process.wait(timeout=30)
        self.process.stdin.close()

    def client(self, service="ec2", key=KEY):
        return boto3.client(
            service,
            endpoint_url=f"http://127.0.0.1:{self.port}{self.suffix}",
            region_name="ap-northeast-1",
            aws_access_key_id=key,
            aws_secret_access_key="-",
            config=Config(retries={"max_attempts": 0}),
        )

    def test_other_keys_are_refused_whatever_they_ask(self):
        for service, call in (("ec2", "describe_vpcs"), ("ssm", "describe_parameters"), ("s3", "list_buckets")):
            with self.assertRaises(ClientError) as problem:
                getattr(self.client(service, "AKIAOTHEROTHEROTHERO"), call)()
            answer = problem.exception.response
            self.assertEqual(403, answer["ResponseMetadata"]["HTTPStatusCode"], service)
        for path in ("/", "/moto-api/data.json", "/moto-api/reset", "/?X-Amz-Credential=AKIAOTHER/x"):
            for method in ("GET", "POST"):
                request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", method=method)
                with self.assertRaises(urllib.error.HTTPError) as problem:
                    urllib.request.urlopen(request, timeout=10)
                self.assertEqual(403, problem.exception.code, path)
                problem.exception.close()

    def test_the_refusal_says_that_it_is_a_rehearsal(self):
        with self.assertRaises(ClientError) as problem:
            self.client(key="AKIAOTHEROTHEROTHERO").describe_vpcs()
        self.assertIn("a rehearsal with an emulated cloud", str(problem.exception))

    def test_keys_that_were_lent_for_a_role_are_taken(self):
        lent = self.client("sts").assume_role(
            RoleArn="arn:aws:iam::123456789012:role/host", RoleSessionName="test"
        )["Credentials"]
        self.assertTrue(self.client(key=lent["AccessKeyId"]).describe_vpcs()["Vpcs"])

    def test_the_key_may_be_in_the_address_instead(self):
        own, self.suffix = self.suffix, f"/{KEY}"
        other = "AKIAOTHEROTHEROTHERO"
        self.assertTrue(self.client(key=other).describe_vpcs()["Vpcs"])
        self.assertIn("Parameters", self.client("ssm", other).describe_parameters())
        s3 = self.client("s3", other)
        s3.create_bucket(Bucket="a-bucket", CreateBucketConfiguration={"LocationConstraint": "ap-northeast-1"})
        s3.put_object(Bucket="a-bucket", Key="a/b c", Body=b"content")
        self.assertEqual(b"content", s3.get_object(Bucket="a-bucket", Key="a/b c")["Body"].read())
        self.assertEqual([], self.client("route53", other).list_hosted_zones()["HostedZones"])
        self.suffix = own

    def test_it_listens_on_loopback_only(self):
        sockets = Path(f"/proc/{self.process.pid}/net/tcp").read_text().splitlines()[1:]
        ours = [line.split()[1] for line in sockets if f":{self.port:04X}" in line.split()[1]]
        self.assertEqual({f"0100007F:{self.port:04X}"}, set(ours))

    def test_what_was_answered_is_there_after_a_kill(self):
        first = self.client().allocate_address(Domain="vpc")
        self.end(signal.SIGKILL)
        self.start()
        found = [one["PublicIp"] for one in self.client().describe_addresses()["Addresses"]]
        self.assertEqual([first["PublicIp"]], found)
        # A later address than those that are gone: a stale one shows.
        second = self.client().allocate_address(Domain="vpc")
        self.assertLess(first["PublicIp"], second["PublicIp"])
        self.assertEqual(0o600, os.stat(self.folder / "account.pickle").st_mode & 0o777)

    def test_a_raised_quota_holds_also_after_a_kill(self):
        addresses = {"ServiceCode": "ec2", "QuotaCode": "L-0263D0A3"}
        self.client("service-quotas").request_service_quota_increase(**addresses, DesiredValue=6)
        self.end(signal.SIGKILL)
        self.start()
        quota = self.client("service-quotas").get_service_quota(**addresses)["Quota"]
        self.assertEqual(6, quota["Value"])
        for _ in range(6):
            self.client().allocate_address(Domain="vpc")
        with self.assertRaises(ClientError) as problem:
            self.client().allocate_address(Domain="vpc")
        self.assertEqual("AddressLimitExceeded", problem.exception.response["Error"]["Code"])

    def test_it_writes_down_which_calls_it_saw(self):
        self.client().describe_vpcs()
        self.client("s3").list_buckets()
        self.client("ssm").describe_parameters()
        seen = ["ec2:DescribeVpcs", "s3:GET", "ssm:DescribeParameters"]
        self.assertEqual(seen, json.loads((self.folder / "calls.json").read_text()))

    def test_it_answers_with_the_errors_that_it_is_told_as_often_as_it_is_told(self):
        throttled = {"code": "RequestLimitExceeded", "message": "too <many>", "status": 503, "times": 2}
        once = {**throttled, "status": 400, "times": 1}
        faults = {"ec2:DescribeVpcs": throttled, "ssm:*": once, "sts:GetCallerIdentity": once}
        (self.folder / "faults.json").write_text(json.dumps(faults))
        ec2, ssm, sts = self.client(), self.client("ssm"), self.client("sts")
        told = (
            ec2.describe_vpcs,
            ec2.describe_vpcs,
            ssm.describe_parameters,
            sts.get_caller_identity,
        )
        for call in told:
            with self.assertRaises(ClientError) as problem:
                call()
            error = problem.exception.response["Error"]
            self.assertEqual(("RequestLimitExceeded", "too <many>"), (error["Code"], error["Message"]))
        self.assertTrue(ec2.describe_vpcs()["Vpcs"])
        self.assertIn("Parameters", ssm.describe_parameters())
        self.assertIn("Subnets", ec2.describe_subnets())

    def test_it_ends_when_its_starter_is_gone(self):
        self.process.stdin.close()
        self.process.wait(timeout=30)


if __name__ == "__main__":
    unittest.main()
