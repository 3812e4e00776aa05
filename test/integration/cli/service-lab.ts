import { execFile } from "node:child_process";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";

import Docker from "dockerode";

import { sleep } from "../../../providers/transport/deadline";
import { withEngine } from "../../../providers/transport/engine";
import type { HostAccess } from "../../../providers/transport/host-access";
import { askSwarm, type SwarmFacts } from "../../../cli/swarm/facts";
import { type Lab, startLab } from "../lab";

/** Not on any registry: the engines have it or nobody has. It has busybox. */
const image = "127.0.0.1:1/hive-lab-task:1";

/** Options of a service. */
export interface ServiceWish {
  readonly name: string;
  /** Text for `sh -c`. */
  readonly script: string;
  /** Default: a task on each host. */
  readonly replicas?: number;
  readonly logDriver?: string;
}

/** Starts servers and forms a Swarm of them in which all are managers, with a heartbeat of two seconds. */
export async function startSwarm(prefix: string): Promise<Lab> {
  const lab = await startLab({ servers: 3, prefix });
  const [first, ...others] = lab.hosts;
  if (first === undefined) throw new Error("The lab has no server.");
  const token = await withEngine(first, async (docker) => {
    await docker.swarmInit({
      ListenAddr: "0.0.0.0:2377",
      AdvertiseAddr: lab.address(0),
      Spec: { Dispatcher: { HeartbeatPeriod: 2_000_000_000 } },
    });
    const { JoinTokens } = (await docker.swarmInspect()) as unknown as {
      JoinTokens: { Manager: string };
    };
    return JoinTokens.Manager;
  });
  for (const [index, host] of others.entries()) {
    await withEngine(host, (docker) =>
      docker.swarmJoin({
        ListenAddr: "0.0.0.0:2377",
        AdvertiseAddr: lab.address(index + 1),
        RemoteAddrs: [lab.address(0)],
        JoinToken: token,
      }),
    );
  }
  await loadImage(lab.hosts);
  return lab;
}

async function loadImage(hosts: readonly HostAccess[]): Promise<void> {
  await promisify(execFile)("docker", [
    "build",
    "--quiet",
    "--tag",
    image,
    "test/integration/task-image",
  ]);
  await Promise.all(
    hosts.map(async (access) => {
      const saved = await new Docker().getImage(image).get();
      // The engine is done when its answer ends.
      await withEngine(access, async (docker) => void (await text(await docker.loadImage(saved))), {
        deadlineSeconds: 120,
      });
    }),
  );
}

/** Creates a service and waits until its tasks run. */
export async function startService(lab: Lab, wish: ServiceWish): Promise<void> {
  const [first] = lab.hosts;
  if (first === undefined) throw new Error("The lab has no server.");
  const { name, script, replicas, logDriver } = wish;
  await withEngine(first, (docker) =>
    docker.createService({
      Name: name,
      TaskTemplate: {
        ContainerSpec: { Image: image, Command: ["sh", "-c", script], Env: ["GREETING=hello"] },
        ...(logDriver === undefined ? {} : { LogDriver: { Name: logDriver } }),
        RestartPolicy: { Condition: "any", Delay: 500_000_000 },
      },
      Mode: replicas === undefined ? { Global: {} } : { Replicated: { Replicas: replicas } },
    }),
  );
  await until(lab, (facts) => running(facts, name).length === (replicas ?? lab.hosts.length));
}

/** The running tasks of a service, as the Swarm tells them. */
export function running(facts: SwarmFacts, name: string): SwarmFacts["tasks"] {
  const service = facts.services.find(({ Spec }) => Spec?.Name === name);
  return facts.tasks.filter(
    ({ ServiceID, Status }) => ServiceID === service?.ID && Status?.State === "running",
  );
}

/** Waits until the Swarm is as wanted, at most a minute. */
export async function until(lab: Lab, wanted: (facts: SwarmFacts) => boolean): Promise<void> {
  const end = Date.now() + 60_000;
  while (!wanted(await askSwarm(lab.hosts, 60))) {
    if (Date.now() > end) throw new Error("The Swarm is not as wanted after a minute.");
    await sleep(250);
  }
}
