"""Makes the instances of a rehearsal's emulated cloud real:

    python -m runner FOLDER          follows the emulator until it is ended
    python -m runner FOLDER --clean  removes everything that it made

FOLDER/settings.json has the name of the rehearsal, the region, the images and the range of public
addresses; FOLDER/emulator.json says where the emulator listens. What it sees is in
FOLDER/runner.json. With --until-stdin-closes it ends with the process that started it."""

import json
import os
import signal
import sys
import time
from pathlib import Path

from lifetime import OPTION, end_with_starter

from .clean import clean
from .docker import Docker
from .volumes import Volumes
from .written import Written

PAUSE = 0.5  # seconds between two looks


def say(text):
    print(f"{time.strftime('%H:%M:%S')} rehearsal: {text}", flush=True)


class Runner:
    """One look after the other."""

    def __init__(self, folder, settings):
        # Not needed to clean, and slow to load.
        from .clients import clients
        from .groups import Groups
        from .instances import Instances
        from .metadata import Metadata
        from .router import Routers

        credentials = json.loads((folder / "credentials.json").read_text())
        port = json.loads((folder / "emulator.json").read_text())["port"]
        self._docker = docker = Docker(settings["id"])
        self._written = written = Written()
        ec2, iam, sts = clients(port, settings["region"], credentials)
        router_image = settings["images"]["router"]
        self._ec2 = ec2
        self._volumes = Volumes(docker, written, say)
        self._routers = Routers(docker, written, router_image, settings["publicRange"], self._volumes.volume, say)
        self._metadata = Metadata(docker, written, (ec2, iam, sts), settings["region"])
        groups = Groups(docker, written, router_image, say)
        self._instances = Instances(docker, written, settings["images"]["instance"], ec2, groups, say)

    def step(self):
        """Looks once, and changes what differs. Returns what runs, and problems."""
        from .world import look

        world = look(self._ec2)
        self._instances.remove_terminated(world)
        self._routers.follow(world)
        for vpc in world.vpcs:
            self._metadata.follow(vpc, self._routers.name(vpc), world)
        running, problems = self._instances.follow(world, self._docker.name)
        for router in self._docker.containers("router"):
            self._volumes.follow(world, router, running)
            break
        self._routers.remove_unused(world)
        return sorted(running.values()), problems

    def forget_what_ran(self):
        self._instances.forget_what_ran()


def follow(folder, settings):
    runner, last = None, None
    while True:
        running, problems = [], []
        try:
            runner = runner or Runner(folder, settings)
            running, problems = runner.step()
        except Exception as problem:  # whatever it is: the next look may find it mended
            problems = [f"{type(problem).__name__}: {problem}"]
            if runner is not None:
                runner.forget_what_ran()
        if (running, problems) != last:
            for problem in problems:
                say(f"problem: {problem}")
            last = (running, problems)
            report(folder, {"pid": os.getpid(), "running": running, "problems": problems})
        time.sleep(PAUSE)


def report(folder, found):
    draft = folder / "runner.json.new"
    draft.write_text(json.dumps(found))
    draft.replace(folder / "runner.json")


def main(folder, *options):
    settings = json.loads((folder / "settings.json").read_text())
    if "--clean" in options:
        docker = Docker(settings["id"])
        clean(docker, settings["images"]["router"], Volumes(docker, Written(), say).volume, say)
    else:
        follow(folder, settings)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    if OPTION in sys.argv:
        end_with_starter()
    main(Path(sys.argv[1]), *sys.argv[2:])
