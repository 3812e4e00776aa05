import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

import Docker from "dockerode";
import { pack } from "tar-stream";

import { droppedCapabilities } from "../../fleet/container/dropped-capabilities";
import { generateOpenSshKeyPair } from "../../providers/ssh-key-pair/openssh-key";
import { sleep } from "../../providers/transport/deadline";
import { withEngine } from "../../providers/transport/engine";
import { messageOf } from "../../providers/transport/errors";
import type { HostAccess } from "../../providers/transport/host-access";
import { closeIdleConnections } from "../../providers/transport/pool";
import { useOperatorKey } from "../operator-key";

/**
 * Servers for integration tests: containers of this computer's engine, made from
 * `platform/images/host`. As on the private stage, they share one volume, for the driver
 * `hive-shared`.
 */
export interface Lab {
  /** How the servers are reached, in order. A replaced server has new access. */
  readonly hosts: readonly HostAccess[];
  /** The network of this lab. */
  readonly cidr: string;
  /** Private address of a server. */
  address(index: number): string;
  /** Changes when the server is replaced. */
  instanceId(index: number): string;
  /** Kills a server as a power cut would; its disk stays. */
  kill(index: number): Promise<void>;
  /** Starts a killed server and waits until it answers. */
  start(index: number): Promise<void>;
  /**
   * Throws a server and its disk away and puts a new one with the same name and address there, with
   * a new host key.
   */
  replace(index: number): Promise<void>;
  /** Closes what is open to the servers and removes everything. Always call it, in `afterAll`. */
  destroy(): Promise<void>;
}

/** Options of {@link startLab}. */
export interface LabOptions {
  readonly servers: number;
  /** Begins the servers' names. Default `lab`. */
  readonly prefix?: string;
}

/** One server container. */
interface Server {
  readonly access: HostAccess;
  readonly address: string;
  readonly containerId: string;
}

/** On everything that a lab makes; the value is the process that made it. */
const labLabel = "hive.lab";
const imageName = "hive/lab-server";
const bootSeconds = 90;
const run = promisify(execFile);

/**
 * Starts servers and waits until the engine of each answers through the transport. What a crashed
 * run left is removed first. The first lab on a computer builds the server image, which takes a
 * minute.
 */
export async function startLab({ servers: count, prefix = "lab" }: LabOptions): Promise<Lab> {
  const docker = new Docker();
  await removeLeftovers(docker);
  const [imageId, network] = await Promise.all([buildImage(), createNetwork(docker)]);
  const sharedVolume = `${network.name}-shared`;
  await docker.createVolume({
    Name: sharedVolume,
    Labels: { [labLabel]: String(process.pid) },
  });
  const operator = useOperatorKey();

  const launch = async (index: number): Promise<Server> => {
    const name = `${prefix}${index}.lab.example`;
    const hostKey = generateOpenSshKeyPair(name);
    const address = network.cidr.replace(/0\/24$/, String(11 + index));
    const container = await docker.createContainer({
      name: `${network.name}-${prefix}${index}`,
      Hostname: name,
      Image: imageId,
      Labels: { [labLabel]: String(process.pid) },
      HostConfig: await hostConfig(docker, network.name, sharedVolume),
      NetworkingConfig: {
        EndpointsConfig: { [network.name]: { IPAMConfig: { IPv4Address: address } } },
      },
    });
    await container.putArchive(
      await archive({
        "etc/ssh/ssh_host_ed25519_key": { content: hostKey.privateKey, mode: 0o600 },
        "etc/ssh/authorized_keys/hive": { content: `${operator.publicKey}\n`, mode: 0o644 },
      }),
      { path: "/" },
    );
    await container.start();
    const access: HostAccess = {
      name,
      address,
      port: 22,
      user: "hive",
      hostKey: hostKey.publicKey,
      stage: "private",
    };
    await waitForEngine(access);
    return { access, address, containerId: container.id };
  };

  const launched = Promise.all(Array.from({ length: count }, (_, index) => launch(index)));
  const servers = await launched.catch(async (error: unknown) => {
    await removeAll(docker, (pid) => pid === process.pid);
    throw error;
  });
  const server = (index: number): Server => {
    const found = servers[index];
    if (found === undefined) throw new Error(`The lab has no server ${index}.`);
    return found;
  };
  return {
    get hosts() {
      return servers.map(({ access }) => access);
    },
    cidr: network.cidr,
    address: (index) => server(index).address,
    instanceId: (index) => server(index).containerId,
    kill: (index) => docker.getContainer(server(index).containerId).kill(),
    async start(index) {
      await docker.getContainer(server(index).containerId).start();
      await waitForEngine(server(index).access);
    },
    async replace(index) {
      await docker.getContainer(server(index).containerId).remove({ force: true, v: true });
      servers[index] = await launch(index);
    },
    async destroy() {
      closeIdleConnections();
      await removeAll(docker, (pid) => pid === process.pid);
    },
  };
}

/** Builds the server image; seconds when its layers are cached. */
async function buildImage(): Promise<string> {
  const { stdout } = await run(
    "docker",
    ["build", "--quiet", "--tag", imageName, join(__dirname, "../../platform/images/host")],
    { timeout: 600_000 },
  );
  return stdout.trim();
}

/** Makes a network with a CIDR of its own that nothing here uses. */
async function createNetwork(docker: Docker): Promise<{ name: string; cidr: string }> {
  for (let third = 0; third < 256; third++) {
    const cidr = `10.213.${third}.0/24`;
    const name = `hive-lab-${process.pid}-${third}`;
    try {
      await docker.createNetwork({
        Name: name,
        Labels: { [labLabel]: String(process.pid) },
        IPAM: { Driver: "default", Config: [{ Subnet: cidr }] },
      });
      return { name, cidr };
    } catch (error) {
      if (!messageOf(error).includes("overlap")) throw error;
    }
  }
  throw new Error("No free network in 10.213.0.0/16.");
}

/** How a server container must run; the reasons are in the README of `platform/images/host`. */
async function hostConfig(
  docker: Docker,
  network: string,
  sharedVolume: string,
): Promise<Docker.HostConfig> {
  const { CgroupVersion } = (await docker.info()) as { CgroupVersion?: string };
  return {
    NetworkMode: network,
    CapAdd: ["ALL"],
    CapDrop: [...droppedCapabilities],
    SecurityOpt: ["seccomp=unconfined", "apparmor=unconfined"],
    // What the command line's systempaths=unconfined stands for.
    MaskedPaths: [],
    ReadonlyPaths: [],
    Mounts: [{ Type: "volume", Source: sharedVolume, Target: "/var/lib/hive-shared" }],
    Tmpfs: { "/run": "rw,exec,mode=755", "/tmp": "rw,exec,mode=1777" },
    ...(CgroupVersion === "2"
      ? { CgroupnsMode: "private" as const }
      : { CgroupnsMode: "host" as const, Binds: ["/sys/fs/cgroup:/sys/fs/cgroup:rw"] }),
  };
}

/** Files as a tar archive. */
async function archive(
  files: Readonly<Record<string, { content: string; mode: number }>>,
): Promise<Buffer> {
  const tar = pack();
  for (const [name, { content, mode }] of Object.entries(files)) {
    tar.entry({ name, mode }, content);
  }
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Waits until a server's engine answers. */
async function waitForEngine(access: HostAccess): Promise<void> {
  const end = Date.now() + bootSeconds * 1000;
  for (;;) {
    try {
      await withEngine(access, (docker) => docker.ping(), { deadlineSeconds: 5, dialSeconds: 2 });
      return;
    } catch (error) {
      if (Date.now() > end) {
        throw new Error(`${access.name} did not boot within ${bootSeconds} s`, { cause: error });
      }
      await sleep(200);
    }
  }
}

/** Removes what runs left that are no more. */
async function removeLeftovers(docker: Docker): Promise<void> {
  await removeAll(docker, (pid) => pid !== process.pid && !isAlive(pid));
}

/** Removes containers, volumes and networks of labs whose process is `chosen`. */
async function removeAll(docker: Docker, chosen: (pid: number) => boolean): Promise<void> {
  const filters = JSON.stringify({ label: [labLabel] });
  const containers = await docker.listContainers({ all: true, filters });
  await Promise.all(
    containers
      .filter(({ Labels }) => chosen(Number(Labels[labLabel])))
      .map(({ Id }) => docker.getContainer(Id).remove({ force: true, v: true })),
  );
  const { Volumes: volumes } = await docker.listVolumes({ filters });
  await Promise.all(
    volumes
      .filter(({ Labels }) => chosen(Number(Labels[labLabel])))
      .map(({ Name }) => docker.getVolume(Name).remove()),
  );
  const networks = await docker.listNetworks({ filters });
  await Promise.all(
    networks
      .filter(({ Labels }) => chosen(Number(Labels?.[labLabel])))
      .map(({ Id }) => docker.getNetwork(Id).remove()),
  );
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
