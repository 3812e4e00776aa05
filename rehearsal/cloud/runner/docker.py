"""The Docker Engine of this computer, through its command."""

import json
import subprocess

LABEL = "hive.rehearsal"
KIND = "hive.rehearsal.kind"

SECONDS = 120  # how long one command may take


class DockerError(Exception):
    """A command of Docker failed."""


class Docker:
    """Sees and makes only what carries the label of one rehearsal."""

    def __init__(self, rehearsal):
        self.rehearsal = rehearsal

    def name(self, thing):
        """The name of a container, network or volume of this rehearsal."""
        return f"hive-rehearsal-{self.rehearsal}-{thing}"

    def labels(self, kind):
        return ("--label", f"{LABEL}={self.rehearsal}", "--label", f"{KIND}={kind}")

    def __call__(self, *args, text=None, may_fail=False):
        """Runs a command, `text` is its input. Returns what it prints."""
        try:
            done = subprocess.run(
                ["docker", *args], input=text, capture_output=True, text=True, timeout=SECONDS
            )
        except subprocess.TimeoutExpired:
            raise DockerError(f"docker {' '.join(args[:3])} did not end within {SECONDS} s") from None
        if done.returncode != 0 and not may_fail:
            raise DockerError(f"docker {' '.join(args[:3])}: {done.stderr.strip()[-400:]}")
        return done.stdout.strip()

    def containers(self, kind):
        """The containers of a kind: {name: state}, as `docker ps` names it."""
        form = "{{.Names}} {{.State}}"
        lines = self("ps", "-a", *self._mine(), "--filter", f"label={KIND}={kind}", "--format", form)
        return dict(line.split() for line in lines.splitlines())

    def has(self, what, name):
        """Whether this rehearsal has a network or volume of that name."""
        found = self(what, "ls", *self._mine(), "--format", "{{.Name}}")
        return name in found.splitlines()

    def all(self, what):
        """Ids of all containers, or names of all networks or volumes of this rehearsal."""
        listed = ("ps", "-a") if what == "container" else (what, "ls")
        form = "{{.ID}}" if what == "container" else "{{.Name}}"
        return self(*listed, *self._mine(), "--format", form).splitlines()

    def exit_code(self, name):
        return int(self("inspect", "--format", "{{.State.ExitCode}}", name))

    def gateway(self, network):
        [config] = json.loads(self("network", "inspect", network))[0]["IPAM"]["Config"]
        return config["Gateway"]

    def cgroup_options(self):
        """As for hive's server containers: systemd sees the computer's hierarchies on version 1, and
        its own part only on version 2."""
        if self("info", "--format", "{{.CgroupVersion}}") == "2":
            return ("--cgroupns", "private")
        return ("--cgroupns", "host", "--volume", "/sys/fs/cgroup:/sys/fs/cgroup:rw")

    def _mine(self):
        return ("--filter", f"label={LABEL}={self.rehearsal}")
