"""The networks of a rehearsal and the router of each VPC: gateway, Elastic IPs, way out.

The computer has no address in a VPC: as on AWS, instances are reached through Elastic IPs only."""

import ipaddress

from .docker import DockerError
from .volumes import FOLDER

# The first is there before the rehearsal starts: its existence reserves the addresses.
PUBLIC, UPLINK = "public", "uplink"

# The same network may be used only once on a computer.
OVERLAP = "Pool overlaps with other one on this address space"


class Routers:
    """Keeps one router for each VPC with instances. `disks` is the volume of the disks' files."""

    def __init__(self, docker, written, image, public_range, disks, say):
        self._docker = docker
        self._written = written
        self._image = image
        self._public = ipaddress.ip_network(public_range)
        self._disks = disks
        self._say = say

    def name(self, vpc):
        return self._docker.name(vpc)

    def follow(self, world):
        """Makes what is missing."""
        present = self._docker.containers("router") if world.vpcs else {}
        for vpc, described in world.vpcs.items():
            name = self.name(vpc)
            if name not in present:
                self._create(name, ipaddress.ip_network(described["CidrBlock"]))
                self._say(f"the router of {vpc} is there")
            if present.get(name) != "running":
                self._written.forget(name)
                self._docker("start", name)
            pairs = world.pairs_of(vpc)
            if self._written.write((name, "addresses"), pairs, lambda new: self._write(name, new)):
                self._say(f"Elastic IPs of {vpc}: {', '.join(sorted(pairs)) or 'none'}")

    def remove_unused(self, world):
        for name in self._docker.containers("router"):
            if name not in map(self.name, world.vpcs):
                self._docker("rm", "--force", "--volumes", name)
                self._docker("network", "rm", name)
                self._written.forget(name)
                self._say(f"the router {name} is gone")

    def _create(self, name, cidr):
        if not self._docker.has("network", self._docker.name(UPLINK)):
            self._network(self._docker.name(UPLINK), "uplink")
        if not self._docker.has("network", name):
            self._network(
                *(name, "vpc", "--subnet", str(cidr), "--gateway", str(cidr[1])),
                *("--opt", "com.docker.network.bridge.inhibit_ipv4=true"),
            )
        if not self._docker.has("volume", self._disks):
            self._docker("volume", "create", *self._docker.labels("disks"), self._disks)
        try:
            self._create_container(name, cidr)
        except DockerError:
            # One that is not in all networks would never work.
            self._docker("rm", "--force", name, may_fail=True)
            raise

    def _create_container(self, name, cidr):
        environment = {
            "VPC_GATEWAY": f"{cidr[1]}/{cidr.prefixlen}",
            "PUBLIC_GATEWAY": str(self._public[1]),
            "UPLINK_GATEWAY": self._docker.gateway(self._docker.name(UPLINK)),
        }
        self._docker(
            *("create", "--name", name, "--hostname", "router", *self._docker.labels("router")),
            # The third address of a VPC is never an instance's.
            *("--network", name, "--ip", str(cidr[2])),
            *("--cap-add", "NET_ADMIN", *may_use_loop_devices()),
            *("--sysctl", "net.ipv4.ip_forward=1", "--memory", "256m"),
            # Nothing of an earlier start counts.
            *("--tmpfs", "/run"),
            *("--volume", f"{self._disks}:{FOLDER}"),
            *(part for pair in environment.items() for part in ("--env", "=".join(pair))),
            self._image,
        )
        for network in (PUBLIC, UPLINK):
            self._docker("network", "connect", self._docker.name(network), name)

    def _network(self, name, kind, *options):
        try:
            self._docker("network", "create", *self._docker.labels(kind), *options, name)
        except DockerError as problem:
            if OVERLAP not in str(problem):
                raise
            raise RuntimeError(
                f"the network {name} ({' '.join(options[:2])}) overlaps with another Docker network of"
                " this computer, perhaps of another rehearsal or stage. Stop that one, or give one of"
                " the stages another network"
            ) from problem

    def _write(self, router, pairs):
        command = ("exec", "--interactive", router, "/usr/local/lib/rehearsal/translate")
        self._docker(*command, *sorted(pairs), text=translation(pairs))


def may_use_loop_devices():
    """What a container needs to make loop devices of files, as options of Docker."""
    return (
        *("--cap-add", "SYS_ADMIN", "--security-opt", "apparmor=unconfined"),
        *("--security-opt", "seccomp=unconfined"),
        *("--device-cgroup-rule", "b 7:* rmw", "--device-cgroup-rule", "c 10:237 rmw"),
    )


def translation(pairs):
    """The nftables rules of a router for {Elastic IP: private address}. It knows its devices as
    $inside, $public and $uplink."""
    inward = ", ".join(f"{public} : {private}" for public, private in sorted(pairs.items()))
    outward = ", ".join(f"{private} : {public}" for public, private in sorted(pairs.items()))
    elements = lambda listed: f"elements = {{ {listed} }}" if listed else ""  # noqa: E731
    # Without an Elastic IP, an instance reaches nothing outside of its VPC.
    may_leave = f"ip saddr {{ {', '.join(sorted(pairs.values()))} }} accept" if pairs else ""
    return f"""table ip elastic-ips {{}}
delete table ip elastic-ips
table ip elastic-ips {{
  map inward {{
    type ipv4_addr : ipv4_addr
    {elements(inward)}
  }}
  map outward {{
    type ipv4_addr : ipv4_addr
    {elements(outward)}
  }}
  chain prerouting {{
    type nat hook prerouting priority dstnat
    dnat to ip daddr map @inward
  }}
  chain postrouting {{
    type nat hook postrouting priority srcnat
    oifname $uplink masquerade
    oifname $public snat to ip saddr map @outward
    ct status dnat snat to ip saddr map @outward
  }}
  chain forward {{
    type filter hook forward priority filter; policy drop
    ct state established,related accept
    ct status dnat accept
    iifname $inside oifname $inside accept
    {may_leave}
  }}
}}
"""
