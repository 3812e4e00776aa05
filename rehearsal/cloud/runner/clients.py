"""The runner as a client of the emulated cloud."""

import boto3
from botocore.config import Config

LOOPBACK = "127.0.0.1"

# What the emulator sees of the runner: what the program asks for is known apart from it.
AGENT = "hive-rehearsal-runner"


def clients(port, region, credentials):
    """(ec2, iam, sts). A question that is not answered within 30 s is given up."""
    options = {
        "region_name": region,
        "endpoint_url": f"http://{LOOPBACK}:{port}",
        "aws_access_key_id": credentials["accessKeyId"],
        "aws_secret_access_key": credentials["secretAccessKey"],
        "config": Config(
            user_agent=AGENT, retries={"max_attempts": 1}, connect_timeout=5, read_timeout=30
        ),
    }
    return tuple(boto3.client(service, **options) for service in ("ec2", "iam", "sts"))
