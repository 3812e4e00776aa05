import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { droppedCapabilities } from "../../fleet/container/dropped-capabilities";
import { generateOpenSshKeyPair } from "../../providers/ssh-key-pair/openssh-key";
import { docker, eventually } from "./test-stage";

const run = promisify(execFile);
const image = "hive-test/plain-server";

/** A plain server, as a provider hands it over. */
export interface PlainServer {
  /** Name of the container that stands for it. */
  readonly container: string;
  readonly address: string;
  /** `ssh-ed25519 AAAA…`. */
  readonly hostKey: string;
}

/**
 * Servers that somebody else made: containers with plain Debian, systemd and sshd, and nothing of
 * hive.
 */
export class PlainServers {
  readonly servers: PlainServer[] = [];
  /** File with the operator's private key, which lets root in. */
  readonly keyFile: string;
  /** Its public half. */
  readonly publicKey: string;
  private readonly folder = mkdtempSync(join(tmpdir(), "hive-plain-"));

  /**
   * @param name begins the names of containers and network
   * @param cidr a /24 that nothing here uses
   */
  constructor(
    private readonly name: string,
    private readonly cidr: string,
  ) {
    const operator = generateOpenSshKeyPair("operator");
    this.publicKey = operator.publicKey;
    this.keyFile = join(this.folder, "operator");
    writeFileSync(this.keyFile, operator.privateKey, { mode: 0o600 });
  }

  /**
   * Makes so many servers and waits until their SSH daemons run. What a run before left is removed
   * first.
   */
  async start(count: number): Promise<void> {
    this.removeLeftovers();
    await run("docker", ["build", "--quiet", "--tag", image, join(__dirname, "plain-server")], {
      timeout: 600_000,
    });
    docker("network", "create", "--subnet", this.cidr, this.name);
    const resolver = join(this.folder, "resolv.conf");
    // As on a real server, the resolver is one that containers on it can ask too.
    writeFileSync(resolver, docker("run", "--rm", "debian:trixie-slim", "cat", "/etc/resolv.conf"));
    for (let index = 0; index < count; index++) this.servers.push(this.launch(index, resolver));
    for (const { container } of this.servers) await answers(container);
  }

  /** Starts a server that was killed, and waits until its SSH daemon runs. */
  async powerOn(index: number): Promise<void> {
    const { container } = this.server(index);
    docker("start", container);
    await answers(container);
  }

  /** Runs a shell script on a server. @throws Error with its message when it fails */
  inside(index: number, script: string): string {
    return docker("exec", this.server(index).container, "bash", "-c", script);
  }

  /** Installs a package on a server from its own archive. */
  async install(index: number, name: string): Promise<void> {
    const script = `apt-get update && apt-get install --yes --no-install-recommends ${name}`;
    const command = ["exec", this.server(index).container, "bash", "-c", script];
    await run("docker", command, { timeout: 300_000, maxBuffer: 1 << 24 });
  }

  /**
   * Gives a user a password, and takes the operator's key from root: the password is the only way
   * in.
   */
  allowPassword(index: number, user: string, password: string): void {
    const { container } = this.server(index);
    const staged = join(this.folder, "chpasswd");
    writeFileSync(staged, `${user}:${password}\n`);
    docker("cp", staged, `${container}:/root/chpasswd`);
    this.inside(
      index,
      `chpasswd < /root/chpasswd && rm -r /root/chpasswd /root/.ssh
printf 'PermitRootLogin yes\nPasswordAuthentication yes\n' > /etc/ssh/sshd_config.d/50-provider.conf
systemctl reload ssh`,
    );
  }

  /**
   * Runs a command over SSH with the operator's key; what it printed. @throws Error when the login
   * or the command fails
   */
  async ssh(index: number, user: string, command: string): Promise<string> {
    const { address, hostKey } = this.server(index);
    const known = join(this.folder, `known-${index}`);
    writeFileSync(known, `${address} ${hostKey}\n`);
    const { stdout } = await run(
      "ssh",
      [
        ...["-F", "/dev/null", "-i", this.keyFile, "-o", `UserKnownHostsFile=${known}`],
        ...["-o", "StrictHostKeyChecking=yes", "-o", "BatchMode=yes", "-o", "ConnectTimeout=5"],
        ...[`${user}@${address}`, command],
      ],
      { timeout: 30_000 },
    );
    return stdout.trim();
  }

  /** The server with this index. */
  server(index: number): PlainServer {
    const found = this.servers[index];
    if (found === undefined) throw new Error(`There is no server ${index}.`);
    return found;
  }

  /** Removes all that was made. */
  remove(): void {
    this.removeLeftovers();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private launch(index: number, resolver: string): PlainServer {
    const container = `${this.name}-${index}`;
    const address = this.cidr.replace(/0\/24$/, String(4 + index));
    const hostKey = generateOpenSshKeyPair("");
    const cgroup =
      docker("info", "--format", "{{.CgroupVersion}}") === "2"
        ? ["--cgroupns", "private"]
        : ["--cgroupns", "host", "--volume", "/sys/fs/cgroup:/sys/fs/cgroup:rw"];
    docker(
      ...["create", "--name", container, "--hostname", `plain${index}`],
      ...["--network", this.name, "--ip", address, "--cap-add", "ALL"],
      ...droppedCapabilities.flatMap((name) => ["--cap-drop", name]),
      ...["seccomp", "apparmor", "systempaths"].flatMap((part) => [
        "--security-opt",
        `${part}=unconfined`,
      ]),
      ...["--tmpfs", "/run:exec,mode=755", "--tmpfs", "/tmp:exec,mode=1777"],
      ...["--volume", `${resolver}:/etc/resolv.conf`],
      ...cgroup,
      image,
    );
    this.put(container, "/etc/ssh", "ssh_host_ed25519_key", hostKey.privateKey);
    this.put(container, "/root/.ssh", "authorized_keys", `${this.publicKey}\n`);
    docker("start", container);
    return { container, address, hostKey: hostKey.publicKey };
  }

  /** A file of root's, readable by root alone, in a container that does not run yet. */
  private put(container: string, folder: string, name: string, content: string): void {
    const staged = mkdtempSync(join(this.folder, "put-"));
    mkdirSync(join(staged, folder), { recursive: true, mode: 0o700 });
    writeFileSync(join(staged, folder, name), content, { mode: 0o600 });
    docker("cp", `${staged}${folder}/.`, `${container}:${folder}/`);
  }

  private removeLeftovers(): void {
    const containers = docker("ps", "--all", "--quiet", "--filter", `network=${this.name}`);
    if (containers !== "") docker("rm", "--force", "--volumes", ...containers.split("\n"));
    const networks = docker("network", "ls", "--quiet", "--filter", `name=^${this.name}$`);
    if (networks !== "") docker("network", "rm", this.name);
  }
}

async function answers(container: string): Promise<void> {
  await eventually(90, () => (isActive(container, "ssh.service") ? true : undefined));
}

function isActive(container: string, unit: string): boolean {
  try {
    docker("exec", container, "systemctl", "is-active", "--quiet", unit);
    return true;
  } catch {
    return false;
  }
}
