"""Instances: each is a container, started, stopped and removed as the emulated cloud says."""

import re
from concurrent.futures import ThreadPoolExecutor

from .docker import DockerError
from .world import is_wanted

# How long a server may take to shut down, seconds.
SHUTDOWN = 30

AT_ONCE = 8

# What the kernel ends the first process of a container with, when that asks for a power-off
# (SIGINT) or a reboot (SIGHUP): see reboot(2) on PID namespaces.
REBOOTED = 128 + 1

# An instance has the rights of a server but for the computer's devices, modules and clock. It may
# reboot: in a container, the kernel takes that for its end.
RIGHTS = (
    *("--cap-add", "ALL", "--cap-drop", "SYS_RESOURCE", "--cap-drop", "SYS_MODULE"),
    *("--cap-drop", "SYS_RAWIO", "--cap-drop", "SYS_TIME"),
    *("--security-opt", "seccomp=unconfined", "--security-opt", "apparmor=unconfined"),
    *("--security-opt", "systempaths=unconfined"),
)


class Instances:
    def __init__(self, docker, written, image, ec2, groups, say):
        self._docker = docker
        self._written = written
        self._image = image
        self._ec2 = ec2
        self._groups = groups
        self._say = say
        self._cgroup = docker.cgroup_options()
        self._memory = {}  # by instance type, MiB
        self._was_running = set()  # at the last look
        self._reboots = {}  # counted by the emulator, of each instance

    def name(self, instance):
        return self._docker.name(instance)

    def forget_what_ran(self):
        """After trouble: a container that ended meanwhile did not end by itself."""
        self._was_running = set()

    def remove_terminated(self, world):
        kept = {self.name(instance) for instance in world.instances}
        for name in self._docker.containers("instance").keys() - kept:
            self._docker("rm", "--force", "--volumes", name)
            self._docker("volume", "rm", "--force", name)
            self._written.forget(name)
            self._was_running.discard(name)
            self._say(f"{name} is terminated")

    def follow(self, world, vpc_network):
        """Brings all instances to their states, side by side. `vpc_network` gives the network of a
        VPC. Returns {container: instance id} of those that run, and the problems of the others."""
        states = self._docker.containers("instance")
        running, problems = {}, []

        def bring(instance):
            name = self.name(instance["InstanceId"])
            try:
                if self._bring(instance, states.get(name), vpc_network(instance["VpcId"])):
                    self._groups.follow(name, instance, world)
                    running[name] = instance["InstanceId"]
            except (DockerError, RuntimeError) as problem:
                problems.append(f"{instance['InstanceId']}: {problem}")

        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(bring, world.instances.values()))
        self._was_running = set(running)
        return running, problems

    def _bring(self, instance, state, network):
        """Brings an instance to its state. Returns whether it runs."""
        name, id = self.name(instance["InstanceId"]), instance["InstanceId"]
        reboots = reboots_of(instance)
        is_asked = reboots > self._reboots.setdefault(id, reboots)
        self._reboots[id] = reboots
        if not is_wanted(instance):
            if state == "running":
                self._stop(name)
                self._say(f"{id} is stopped")
            return False
        if state == "running":
            if is_asked:
                self._stop(name)
                self._start(name)
                self._say(f"{id} is rebooted")
            return True
        if state is None:
            self._launch(name, instance, network)
            self._say(f"{id} is launched as {instance['PrivateIpAddress']}")
            return True
        if name in self._was_running and self._docker.exit_code(name) != REBOOTED:
            # It was shut down from inside: on AWS, it is stopped then.
            self._ec2.stop_instances(InstanceIds=[id])
            self._say(f"{id} has shut itself down")
            return False
        self._start(name)
        self._say(f"{id} is started")
        return True

    def _stop(self, name):
        self._docker("stop", "--time", str(SHUTDOWN), name)

    def _start(self, name):
        self._written.forget(name)
        self._docker("start", name)

    def _launch(self, name, instance, network):
        address = instance["PrivateIpAddress"]
        hardware = instance["NetworkInterfaces"][0]["MacAddress"]
        self._written.forget(name)
        self._docker("volume", "create", *self._docker.labels("instance"), name)
        self._docker(
            *("run", "--detach", "--name", name, *self._docker.labels("instance")),
            *("--hostname", f"ip-{address.replace('.', '-')}", "--network", network),
            # The container sets it itself: engines and clients do not agree on how to say it.
            *("--ip", address, "--env", f"HARDWARE_ADDRESS={hardware}"),
            *RIGHTS,
            *self._cgroup,
            *("--memory", f"{self._memory_of(instance['InstanceType'])}m"),
            *("--tmpfs", "/run:rw,exec,mode=755", "--tmpfs", "/tmp:rw,exec,mode=1777"),
            *("--volume", f"{name}:/var/lib/docker", "--device-cgroup-rule", "b 7:* rmw"),
            self._image,
        )

    def _memory_of(self, type):
        if type not in self._memory:
            [found] = self._ec2.describe_instance_types(InstanceTypes=[type])["InstanceTypes"]
            self._memory[type] = found["MemoryInfo"]["SizeInMiB"]
        return self._memory[type]


def reboots_of(instance):
    """How often the emulator has rebooted an instance since its last start."""
    found = re.search(r"rehearsed reboot (\d+)", instance.get("StateTransitionReason", ""))
    return int(found[1]) if found else 0
