"""Asks the emulated cloud of a rehearsal, as any client of AWS would: FOLDER on the command line, a
list of [service, method, arguments] on standard input. Prints the answers, or the code of the error
that ended it."""

import json
import sys
from pathlib import Path

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

folder = Path(sys.argv[1])
key = json.loads((folder / "credentials.json").read_text())
options = {
    "endpoint_url": f"http://127.0.0.1:{json.loads((folder / 'emulator.json').read_text())['port']}",
    "region_name": json.loads((folder / "settings.json").read_text())["region"],
    "aws_access_key_id": key["accessKeyId"],
    "aws_secret_access_key": key["secretAccessKey"],
    "config": Config(retries={"max_attempts": 0}, read_timeout=60),
}
answers = []
try:
    for service, method, arguments in json.load(sys.stdin):
        answers.append(getattr(boto3.client(service, **options), method)(**arguments))
except ClientError as problem:
    answers = {"error": problem.response["Error"]["Code"]}
print(json.dumps(answers, default=str))
