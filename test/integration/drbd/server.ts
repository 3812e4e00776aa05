import { spawnSync } from "node:child_process";
import { join } from "node:path";

const image = "hive-test/drbd-utils";

/** How a command ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * A container with the real programs of DRBD 9, and without its kernel module. It has a loop device
 * of its own for a disk. It ends by itself after ten minutes.
 */
export class DrbdServer {
  /** Path of the disk. */
  readonly disk: string;
  private readonly container: string;

  /** @param address its own, as the resource file names it */
  constructor(
    hostname: string,
    address: string,
    private readonly diskMebibytes = 64,
  ) {
    const folder = join(__dirname, "image");
    this.docker(["build", "--quiet", "--tag", image, folder], 300);
    const options = [
      ...["--network", "none", "--memory", "256m", "--hostname", hostname],
      // sudo looks it up.
      ...["--add-host", `${hostname}:${address}`],
      // For an address and loop devices: 7 is their major number, 10:237 that of /dev/loop-control.
      ...["--cap-add", "NET_ADMIN", "--cap-add", "SYS_ADMIN", "--volume", "/dev:/dev"],
      ...["--device-cgroup-rule", "b 7:* rwm", "--device-cgroup-rule", "c 10:237 rwm"],
      ...["--security-opt", "apparmor=unconfined", "--security-opt", "seccomp=unconfined"],
    ];
    this.container = this.docker(["run", "--detach", "--rm", ...options, image], 60).stdout.trim();
    this.must(`ip address add ${address}/32 dev lo && truncate --size ${diskMebibytes}M /disk`);
    this.disk = this.must("losetup --find --show /disk").stdout.trim();
  }

  /** A command for `sh`, as root. */
  run(command: string, input = ""): Ended {
    const { status, stdout, stderr } = spawnSync(
      "docker",
      ["exec", "--interactive", this.container, "bash", "-c", command],
      { input, encoding: "utf8", timeout: 60_000 },
    );
    return { code: status, stdout, stderr };
  }

  /** The same; an error ends the test. */
  must(command: string, input = ""): Ended {
    const ended = this.run(command, input);
    if (ended.code !== 0) throw new Error(`${command}: ${ended.stderr}${ended.stdout}`);
    return ended;
  }

  /** Empties the disk. */
  wipe(): void {
    this.must(`truncate --size 0 /disk && truncate --size ${this.diskMebibytes}M /disk`);
    this.must(`losetup --set-capacity ${this.disk}; blockdev --flushbufs ${this.disk}`);
  }

  remove(): void {
    this.run(`losetup --detach ${this.disk}`);
    this.docker(["rm", "--force", this.container], 60);
  }

  private docker(words: readonly string[], seconds: number): Ended {
    const { status, stdout, stderr } = spawnSync("docker", words, {
      encoding: "utf8",
      timeout: seconds * 1000,
    });
    if (status !== 0) throw new Error(`docker ${words.join(" ")}: ${stderr}`);
    return { code: status, stdout, stderr };
  }
}
