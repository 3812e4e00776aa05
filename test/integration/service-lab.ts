import { execFile } from "node:child_process";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";

import Docker from "dockerode";

import { swarmClusterProvider } from "../../providers/swarm-cluster/provider";
import { sleep } from "../../providers/transport/deadline";
import { withEngine } from "../../providers/transport/engine";
import { withAnyManager } from "../../providers/transport/manager";
import { type Lab, type LabOptions, startLab } from "./lab";

/**
 * The image of `test/integration/task-image`, which has busybox. Not on any registry: the engines
 * have it or nobody has.
 */
export const taskImage = "127.0.0.1:1/hive-lab-task:1";

/** Starts servers that are all managers of one Swarm and have {@link taskImage}. */
export async function startSwarmLab(options: LabOptions): Promise<Lab> {
  const lab = await startLab(options);
  try {
    await Promise.all([formSwarm(lab), provideTaskImage(lab)]);
  } catch (error) {
    await lab.destroy();
    throw error;
  }
  return lab;
}

/**
 * Makes all servers of a lab managers of one Swarm.
 *
 * @param labels of a server's node
 */
export async function formSwarm(
  lab: Lab,
  labels: (index: number) => Readonly<Record<string, string>> = () => ({}),
): Promise<void> {
  await swarmClusterProvider.create({
    revision: "1",
    members: lab.hosts.map((access, index) => ({
      access,
      advertiseAddress: lab.address(index),
      labels: labels(index),
      incarnation: lab.instanceId(index),
    })),
    heartbeatSeconds: 2,
    taskHistoryLimit: 5,
  });
}

/** Brings {@link taskImage} onto every server of a lab. */
export async function provideTaskImage(lab: Lab): Promise<void> {
  await provideImage(lab, taskImage, "test/integration/task-image");
}

/**
 * Builds an image on this computer and loads it into the engine of every server of a lab; no
 * registry takes part.
 */
export async function provideImage(lab: Lab, image: string, folder: string): Promise<void> {
  await promisify(execFile)("docker", ["build", "--quiet", "--tag", image, folder]);
  await Promise.all(
    lab.hosts.map(async (access) => {
      const saved = await new Docker().getImage(image).get();
      await withEngine(
        access,
        async (docker) => {
          // The engine is done when its answer ends.
          await text(await docker.loadImage(saved));
        },
        { deadlineSeconds: 180 },
      );
    }),
  );
}

/** A task as the engine lists it, as far as tests look at it. */
export interface LabTask {
  readonly ID: string;
  readonly NodeID?: string;
  /** Number of the replica. */
  readonly Slot?: number;
  readonly DesiredState: string;
  readonly CreatedAt: string;
  readonly JobIteration?: { readonly Index?: number };
  readonly Spec?: { readonly ContainerSpec?: { readonly Env?: readonly string[] } };
  readonly Status: {
    readonly State: string;
    readonly Err?: string;
    readonly ContainerStatus?: { readonly ContainerID?: string };
  };
}

/** Creates a service and returns its id. */
export async function createLabService(lab: Lab, spec: object): Promise<string> {
  return await withAnyManager(lab.hosts, async (docker) => {
    const made = await docker.createService(spec);
    return made.id;
  });
}

/** The tasks of a service, newest first. */
export async function tasksOf(lab: Lab, service: string): Promise<LabTask[]> {
  const filters = JSON.stringify({ service: [service] });
  const tasks = await withAnyManager(
    lab.hosts,
    (docker) => docker.listTasks({ filters }) as Promise<LabTask[]>,
    { repeatable: true },
  );
  return tasks.sort((left, right) => (left.CreatedAt > right.CreatedAt ? -1 : 1));
}

/** Which server of the lab a task is on. */
export async function serverOf(lab: Lab, task: LabTask): Promise<number> {
  const nodes = await withAnyManager(
    lab.hosts,
    (docker) =>
      docker.listNodes() as Promise<unknown> as Promise<
        { ID: string; Description: { Hostname: string } }[]
      >,
    { repeatable: true },
  );
  const name = nodes.find(({ ID }) => ID === task.NodeID)?.Description.Hostname;
  return lab.hosts.findIndex((host) => host.name === name);
}

/** Waits until `look` yields something. */
export async function eventually<T>(
  what: string,
  seconds: number,
  look: () => Promise<T | undefined | false>,
): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== false) return seen;
    if (Date.now() > end) throw new Error(`Not within ${seconds} s: ${what}`);
    await sleep(300);
  }
}

/** The running task of a service, when it runs. */
export async function runningTask(lab: Lab, service: string): Promise<LabTask> {
  return await eventually(`${service} runs`, 60, async () =>
    (await tasksOf(lab, service)).find(
      ({ Status, DesiredState }) => Status.State === "running" && DesiredState === "running",
    ),
  );
}

/** What a command prints in a container of a service's running task. */
export async function inTask(
  lab: Lab,
  service: string,
  command: readonly string[],
): Promise<string> {
  const task = await runningTask(lab, service);
  const host = lab.hosts[await serverOf(lab, task)];
  if (host === undefined) throw new Error(`The task of ${service} is on no server of the lab.`);
  return await withEngine(host, async (docker) => {
    const container = docker.getContainer(task.Status.ContainerStatus?.ContainerID ?? "");
    const exec = await container.exec({
      Cmd: [...command],
      AttachStdout: true,
      AttachStderr: true,
      Tty: true,
    });
    const printed = await text(await exec.start({ Tty: true }));
    return printed.replaceAll("\r", "");
  });
}
