import { execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { droppedCapabilities } from "../../../fleet/container/dropped-capabilities";
import type { OperatorPlan } from "../../../model/plan";

const run = promisify(execFile);

/** How a command ended. */
export interface Ending {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command's options. */
export interface RunOptions {
  /** Standard input. Default: empty. */
  readonly input?: string;
  /** Default 60. */
  readonly timeoutSeconds?: number;
}

/**
 * A network with server containers on it, made the way the private stage makes them. Names carry
 * the process id, so that two runs side by side do not meet; `close` removes everything but the
 * image, whose layers are a cache.
 */
export class Lab {
  private static readonly image = "hive-render-test/server";
  private readonly id = `hive-render-test-${process.pid}`;
  private readonly folder = mkdtempSync(join(tmpdir(), "hive-render-"));
  private readonly containers: string[] = [];

  private constructor(
    /** First three bytes of the network, e.g. `172.30.7`. */
    readonly prefix: string,
    private readonly cgroup: readonly string[],
  ) {}

  /** Builds the image (from cache in about a second), the network and the keys. */
  static async open(): Promise<Lab> {
    const context = join(__dirname, "../../../platform/images/host");
    await run("docker", ["build", "--quiet", "--tag", Lab.image, context], { timeout: 300_000 });
    const { stdout } = await run("docker", ["info", "--format", "{{.CgroupVersion}}"]);
    const cgroup =
      stdout.trim() === "2"
        ? ["--cgroupns", "private"]
        : ["--cgroupns", "host", "--volume", "/sys/fs/cgroup:/sys/fs/cgroup:rw"];
    const lab = new Lab(`172.30.${1 + (process.pid % 250)}`, cgroup);
    await run("docker", ["network", "create", "--subnet", `${lab.prefix}.0/24`, lab.id]);
    for (const key of ["user", "host", "stranger"]) {
      await run("ssh-keygen", [
        "-q",
        "-t",
        "ed25519",
        "-N",
        "",
        "-C",
        "",
        "-f",
        join(lab.folder, key),
      ]);
    }
    return lab;
  }

  /** Who may log in on the servers, as the set-up of hosts takes it. */
  get operators(): readonly OperatorPlan[] {
    const [type, key] = readFileSync(join(this.folder, "user.pub"), "utf8").trim().split(" ");
    return [{ name: "operator", publicKey: `${type} ${key}` }];
  }

  /** The key pair of somebody who may not log in. */
  get stranger(): { readonly file: string; readonly publicKey: string } {
    const file = join(this.folder, "stranger");
    return { file, publicKey: readFileSync(`${file}.pub`, "utf8").trim() };
  }

  /**
   * Starts a server; it has not booted yet. @param names - name and address of others, as the fleet
   * gives them
   */
  async server(
    name: string,
    address: string,
    names: Readonly<Record<string, string>> = {},
  ): Promise<Server> {
    const container = `${this.id}-${name.split(".")[0]}`;
    this.containers.push(container);
    await run("docker", [
      ...["create", "--name", container, "--hostname", name, "--network", this.id, "--ip", address],
      ...["--cap-add", "ALL", ...this.cgroup],
      ...droppedCapabilities.flatMap((name) => ["--cap-drop", name]),
      ...["seccomp", "apparmor", "systempaths"].flatMap((part) => [
        "--security-opt",
        `${part}=unconfined`,
      ]),
      ...["--tmpfs", "/run:exec,mode=755", "--tmpfs", "/tmp:exec,mode=1777"],
      ...["--volume", "/var/lib/docker", "--restart", "unless-stopped"],
      ...Object.entries(names).flatMap(([other, to]) => ["--add-host", `${other}:${to}`]),
      Lab.image,
    ]);
    const keys = [
      ["host", "etc/ssh", "ssh_host_ed25519_key", "0600"],
      ["user.pub", "etc/ssh/authorized_keys", "hive", "0644"],
    ] as const;
    for (const [file, folder, target, mode] of keys) {
      const tar = `tar --directory ${this.folder} --owner=0 --group=0 --mode=${mode} --transform s,${file},${target}, -cf - ${file}`;
      await local(`${tar} | docker cp - ${container}:/${folder}/`, 30);
    }
    await run("docker", ["start", container]);
    return new Server(
      name,
      address,
      container,
      join(this.folder, "user"),
      this.hostKeyFile(address),
    );
  }

  /** A plain container on the same network: a neighbour that is no host of the site. */
  async outsider(): Promise<Outsider> {
    const container = `${this.id}-outsider`;
    this.containers.push(container);
    await run("docker", [
      ...[
        "run",
        "--detach",
        "--name",
        container,
        "--network",
        this.id,
        "--ip",
        `${this.prefix}.200`,
      ],
      ...["--cap-add", "NET_ADMIN", "--entrypoint", "/bin/sleep", Lab.image, "infinity"],
    ]);
    return new Outsider(container);
  }

  /** Removes all that was made. */
  async close(): Promise<void> {
    await Promise.allSettled(
      this.containers.map((container) => run("docker", ["rm", "--force", "--volumes", container])),
    );
    await run("docker", ["network", "rm", this.id]);
    rmSync(this.folder, { recursive: true, force: true });
  }

  private hostKeyFile(address: string): string {
    const file = join(
      this.folder,
      `known-${createHash("sha256").update(address).digest("hex").slice(0, 8)}`,
    );
    const key = readFileSync(join(this.folder, "host.pub"), "utf8");
    writeFileSync(file, `${address} ${key}`);
    return file;
  }
}

/**
 * Runs a program to its end, never failing because of its status. Past its deadline it is killed
 * with all that it started.
 */
function finish(file: string, words: readonly string[], options: RunOptions): Promise<Ending> {
  return new Promise((resolve, reject) => {
    // A group of its own: a child of the child that holds the output open would keep this promise
    // waiting.
    const child = spawn(file, words, { detached: true });
    const timer = setTimeout(
      () => {
        if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
      },
      (options.timeoutSeconds ?? 60) * 1000,
    );
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.once("error", reject);
    child.once("close", (status) => {
      clearTimeout(timer);
      resolve({ status, stdout, stderr });
    });
    // A program that ended without reading its input is no failure of the test.
    child.stdin.on("error", () => undefined).end(options.input ?? "");
  });
}

/** Runs a shell's command on this computer. @throws Error when it fails */
async function local(command: string, timeoutSeconds: number): Promise<void> {
  const { status, stderr } = await finish("sh", ["-c", command], { timeoutSeconds });
  if (status !== 0) throw new Error(`Status ${status}: ${command}\n${stderr}`);
}

/** A neighbour on the network. */
export class Outsider {
  constructor(private readonly container: string) {}

  /** Runs a command of a shell in it. */
  sh(command: string, options: RunOptions = {}): Promise<Ending> {
    return finish(
      "docker",
      ["exec", "--interactive", this.container, "bash", "-c", command],
      options,
    );
  }

  /** Whether a TCP connection is accepted within two seconds. */
  async reaches(address: string, port: number): Promise<boolean> {
    return (await this.sh(`timeout 2 bash -c 'exec 3<>/dev/tcp/${address}/${port}'`)).status === 0;
  }
}

/** A server container. */
export class Server extends Outsider {
  constructor(
    readonly name: string,
    readonly address: string,
    readonly containerName: string,
    private readonly keyFile: string,
    private readonly knownHosts: string,
  ) {
    super(containerName);
  }

  /** Runs a command over SSH, as hive does. */
  ssh(
    command: string,
    options: RunOptions & {
      readonly user?: string;
      readonly flags?: readonly string[];
      /** File of another private key than the operator's. */
      readonly key?: string;
    } = {},
  ): Promise<Ending> {
    return finish(
      "ssh",
      [
        ...[
          "-F",
          "/dev/null",
          "-i",
          options.key ?? this.keyFile,
          "-o",
          "BatchMode=yes",
          "-o",
          "ConnectTimeout=5",
        ],
        ...[
          "-o",
          `UserKnownHostsFile=${this.knownHosts}`,
          "-o",
          "StrictHostKeyChecking=yes",
          "-o",
          "LogLevel=ERROR",
        ],
        ...(options.flags ?? []),
        `${options.user ?? "hive"}@${this.address}`,
        command,
      ],
      options,
    );
  }

  /** Waits until a command in the container succeeds. @throws Error after the deadline */
  async until(command: string, seconds: number): Promise<void> {
    const end = Date.now() + seconds * 1000;
    for (;;) {
      const { status, stdout, stderr } = await this.sh(command);
      if (status === 0) return;
      if (Date.now() > end)
        throw new Error(
          `${this.name}: after ${seconds} s still failing: ${command}\n${stdout}${stderr}`,
        );
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  /** Waits until the server has booted. */
  booted(): Promise<void> {
    return this.until('test "$(systemctl is-system-running)" = running', 90);
  }

  /** Puts an image of this computer's engine into the server's own one. */
  async load(image: string): Promise<void> {
    await local(
      `docker save ${image} | docker exec -i ${this.containerName} docker load --quiet`,
      100,
    );
  }
}
