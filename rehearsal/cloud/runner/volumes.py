"""EBS volumes: each is a file as large as the volume, behind a loop device of the computer, which an
instance sees under the names that it would have on AWS. Not fast, but a real block device.

The computer's loop devices are shared by all. One is ours if its file has the name of a file of ours:
the ids of volumes are random. Its folder does not count, which the kernel tells differently when the
router has been started again."""

LOOP = "/dev/loop"
FOLDER = "/disks"

# A rehearsed instance has a new /dev at each start.
FORGET_DISKS = (
    "find /dev -maxdepth 1 '(' -name 'nvme[1-9]*n1' -o -type l -lname 'nvme*' ')' -delete",
    "rm -rf /dev/disk/by-id",
    "mkdir -p /dev/disk/by-id",
)


class Volumes:
    def __init__(self, docker, written, say):
        self._docker = docker
        self._written = written
        self._say = say
        self.volume = docker.name("disks")

    def follow(self, world, router, running):
        """`router` is a container that can make loop devices, `running` names {container: instance
        id} of what runs."""
        attached = {volume: size for _, volume, size in self._attached(world)}
        loops = self._loops(router)
        for volume, size in sorted(attached.items()):
            if volume not in loops:
                loops[volume] = self._attach(router, volume, size)
            grow = lambda new: self._grow(router, volume, new, loops[volume])  # noqa: E731
            if self._written.write((router, "size", volume), size, grow):
                self._say(f"{volume} has {size} GiB")
        for container, instance in running.items():
            script = show_disks(world.disks_of(instance), loops)
            shown = lambda text: self._docker("exec", container, "sh", "-ec", text)  # noqa: E731
            self._written.write((container, "disks"), script, shown)
        for volume in loops.keys() - attached.keys():
            self._docker("exec", router, "losetup", "--detach", f"{LOOP}{loops[volume]}")
        self._remove_deleted(world, router)

    def _attached(self, world):
        for instance in world.instances:
            for device, volume in world.disks_of(instance):
                yield device, volume, world.volumes[volume]["Size"]

    def _loops(self, router):
        """{volume id: number of its loop device}."""
        files = self._docker("exec", router, "ls", FOLDER).splitlines()
        listed = self._docker("exec", router, "losetup", "--noheadings", "--output", "NAME,BACK-FILE")
        return loops_of(listed, files)

    def _attach(self, router, volume, size):
        path = f"{FOLDER}/{volume}.img"
        command = f"[ -e {path} ] || truncate --size {size}G {path}; losetup --find --show {path}"
        device = self._docker("exec", router, "sh", "-ec", command)
        self._written.write((router, "size", volume), size, lambda _: None)
        self._say(f"{volume} is {device}")
        return int(device.removeprefix(LOOP))

    def _grow(self, router, volume, size, number):
        path = f"{FOLDER}/{volume}.img"
        # A volume never shrinks.
        command = (
            f'[ "$(stat --format %s {path})" -ge $(({size} * 1073741824)) ] ||'
            f" truncate --size {size}G {path}; losetup --set-capacity {LOOP}{number}"
        )
        self._docker("exec", router, "sh", "-ec", command)

    def _remove_deleted(self, world, router):
        kept = tuple(sorted(world.volumes))
        if not self._written.write((router, "kept"), kept, lambda _: None):
            return
        listed = self._docker("exec", router, "ls", FOLDER).splitlines()
        for file in listed:
            if file.endswith(".img") and file.removesuffix(".img") not in kept:
                self._docker("exec", router, "rm", "--force", f"{FOLDER}/{file}")


def loops_of(listed, files):
    """{volume id: number of its loop device}, of some files, from what losetup prints."""
    found = {}
    for line in listed.splitlines():
        device, path = line.split(maxsplit=1)
        file = path.removesuffix(" (deleted)").split("/")[-1]
        if file in files:
            found[file.removesuffix(".img")] = int(device.removeprefix(LOOP))
    return found


def show_disks(disks, loops):
    """A shell script that gives an instance the devices of its disks, and no others."""
    lines = list(FORGET_DISKS)
    for number, (device, volume) in enumerate(disks, 1):
        name = f"nvme{number}n1"
        serial = volume.replace("-", "")
        lines += [
            f"mknod -m 660 /dev/{name} b 7 {loops[volume]}",
            f"ln -s {name} {device}",
            f"ln -s ../../{name} /dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_{serial}",
        ]
    return "\n".join(lines)
