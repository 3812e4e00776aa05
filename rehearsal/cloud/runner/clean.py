"""Removes everything that a rehearsal made on the Docker Engine, its loop devices too."""

from .router import may_use_loop_devices
from .volumes import FOLDER

# The loop device of each file in the folder; see volumes.py.
DETACH = """
losetup --noheadings --output NAME,BACK-FILE | while read -r device path; do
  path=${path% (deleted)}
  [ -e "$1/${path##*/}" ] || continue
  [ -e "$device" ] || mknod "$device" b 7 "${device#/dev/loop}"
  losetup --detach "$device"
done
"""


def clean(docker, image, volume, say):
    """`image` is the router's; `volume` that of the disks' files. Can be repeated."""
    # Instances first: they may have mounted what is detached then.
    for container in docker.all("container"):
        # A short-lived one may have ended by itself.
        docker("rm", "--force", "--volumes", container, may_fail=True)
    if docker.has("volume", volume):
        docker(
            *("run", "--rm", *docker.labels("clean"), *may_use_loop_devices()),
            *("--volume", f"{volume}:{FOLDER}", "--memory", "64m", "--network", "none"),
            *("--entrypoint", "sh", image, "-ec", DETACH, "detach", FOLDER),
        )
    for volume in docker.all("volume"):
        docker("volume", "rm", "--force", volume)
    for network in docker.all("network"):
        docker("network", "rm", network)
    say("its containers, networks, disks and loop devices are gone")
