/** A container with Debian's sshd, reached through a published port of loopback. */
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { keyPair } from "../../unit/command-plugin/key-pair";

const buildMs = 300_000;
const commandMs = 60_000;

/** Runs the Docker client; what it printed, without the last newline. */
function docker(args: string[], { stdin = "", timeout = commandMs } = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      "docker",
      args,
      { timeout, maxBuffer: 1 << 26 },
      (error, stdout, stderr) =>
        error === null
          ? resolve(stdout.replace(/\n$/, ""))
          : reject(
              new Error(
                `docker ${args.join(" ")} failed: ${stderr === "" ? error.message : stderr}`,
              ),
            ),
    );
    child.stdin?.end(stdin);
  });
}

/** A running host. */
export interface SshHost {
  port: number;
  /** Accepted for root. */
  privateKey: string;
  /** Accepted for the user `tester`. */
  password: string;
  /** Public host keys by type, as `ssh-ed25519 AAAA…`. */
  hostKeys: Record<"ed25519" | "ecdsa" | "rsa", string>;
  /** Runs a command in the container and gives what it printed. */
  inside: (command: string, stdin?: string) => Promise<string>;
  /** Number of TCP connections to sshd that are open. */
  openConnections: () => Promise<number>;
  /** Stops every process of the host, so that it stays silent, and lets them go on. */
  freeze: () => Promise<void>;
  thaw: () => Promise<void>;
  remove: () => Promise<void>;
}

/** Builds the image and starts a host. */
export async function startSshHost(): Promise<SshHost> {
  const name = `hive-test-command-${randomBytes(4).toString("hex")}`; // of image and container
  await docker(["build", "--quiet", "--tag", name, join(__dirname, "sshd")], { timeout: buildMs });
  const inside = (command: string, stdin = "") =>
    docker(["exec", "--interactive", name, "/bin/sh", "-c", command], { stdin });
  const remove = async () => {
    await docker(["rm", "--force", "--volumes", name]);
    await docker(["rmi", name]);
  };
  try {
    await docker(["run", "--detach", "--init", "--name", name, "--publish", "127.0.0.1::22", name]);
    const keys = keyPair();
    const password = randomBytes(12).toString("hex");
    await inside("umask 077; mkdir /root/.ssh; cat > /root/.ssh/authorized_keys", keys.public);
    await inside("useradd --create-home --shell /bin/sh tester && chpasswd", `tester:${password}`);
    await inside("until test -s /run/sshd.pid; do sleep 0.1; done");
    const published = await docker(["port", name, "22/tcp"]);
    const hostKey = async (type: string) =>
      inside(`cut -d' ' -f1,2 /etc/ssh/ssh_host_${type}_key.pub`);
    return {
      port: Number(published.split(":").at(-1)),
      privateKey: keys.private,
      password,
      hostKeys: {
        ed25519: await hostKey("ed25519"),
        ecdsa: await hostKey("ecdsa"),
        rsa: await hostKey("rsa"),
      },
      inside,
      // Local port 22 is 0016, the state "established" 01: proc_net_tcp in the kernel's documentation.
      openConnections: async () =>
        Number(
          await inside(
            "cat /proc/net/tcp /proc/net/tcp6 | awk '$2 ~ /:0016$/ && $4 == \"01\"' | wc -l",
          ),
        ),
      freeze: async () => void (await docker(["pause", name])),
      thaw: async () => void (await docker(["unpause", name])),
      remove,
    };
  } catch (error) {
    await remove().catch(() => {});
    throw error;
  }
}
