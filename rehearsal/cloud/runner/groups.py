"""Security groups: nftables rules in the network namespace of each instance, before any translation
of its own Docker Engine."""

ANYWHERE = "0.0.0.0/0"
METADATA = "169.254.169.254"


class Groups:
    def __init__(self, docker, written, image, say):
        self._docker = docker
        self._written = written
        self._image = image
        self._say = say

    def follow(self, container, instance, world):
        """Writes the rules of a running instance. It waits for them before it starts anything."""
        rules = rules_of(instance, world)
        if self._written.write((container, "groups"), rules, lambda new: self._write(container, new)):
            names = ", ".join(sorted(group["GroupName"] for group in instance["SecurityGroups"]))
            self._say(f"security groups of {instance['InstanceId']}: {names}")

    def _write(self, container, rules):
        # From a container beside it: the tools of an instance are its own affair.
        self._docker(
            *("run", "--rm", "--interactive", *self._docker.labels("groups")),
            *("--network", f"container:{container}", "--cap-add", "NET_ADMIN"),
            *("--memory", "64m", "--entrypoint", "nft", self._image, "-f", "-"),
            text=rules,
        )


def rules_of(instance, world):
    """The rules of all groups of an instance, as one text."""
    groups = [world.groups[group["GroupId"]] for group in instance["SecurityGroups"]]
    inward = {rule for group in groups for rule in allowed(group["IpPermissions"], "saddr", world)}
    outward = {rule for group in groups for rule in allowed(group["IpPermissionsEgress"], "daddr", world)}
    return f"""table inet security-groups {{}}
delete table inet security-groups
table inet security-groups {{
  chain inward {{
    type filter hook prerouting priority mangle
    iifname != "eth0" accept
{body(inward, "saddr")}
  }}
  chain outward {{
    type filter hook postrouting priority 50
    oifname != "eth0" accept
{body(outward, "daddr")}
  }}
}}
"""


def body(rules, side):
    always = ["ct state established,related accept", f"ip {side} {METADATA} accept"]
    return "\n".join("    " + rule for rule in [*always, *sorted(rules), "drop"])


def allowed(permissions, side, world):
    """A rule of nftables for each permission of a group that lets something through. `side` is
    `saddr` or `daddr`: what the other end is."""
    for permission in permissions:
        peers = {one["CidrIp"] for one in permission.get("IpRanges", [])}
        for pair in permission.get("UserIdGroupPairs", []):
            peers |= members(pair["GroupId"], world)
        if not peers:
            continue
        peer = "" if ANYWHERE in peers else f"ip {side} {{ {', '.join(sorted(peers))} }} "
        yield f"{peer}{matching(permission)}accept"


def members(group, world):
    """Private addresses of the instances in a group; traffic through Elastic IPs has others."""
    return {
        instance["PrivateIpAddress"]
        for instance in world.instances.values()
        if group in [one["GroupId"] for one in instance["SecurityGroups"]]
    }


def matching(permission):
    """The protocol and ports of a permission."""
    protocol = permission["IpProtocol"]
    if protocol == "-1":
        return ""
    first, last = permission.get("FromPort", -1), permission.get("ToPort", -1)
    has_ports = protocol in ("tcp", "udp") and first >= 0
    ports = f"th dport {first}-{last} " if has_ports else ""
    return f"meta nfproto ipv4 meta l4proto {protocol} {ports}"
