import type Dockerode from "dockerode";

import { lastRunLabel } from "../../../model/service-spec/labels";
import type { EngineServiceSpec } from "../../../model/service-spec/engine";
import type { ServiceSpec } from "../../../model/service-spec/spec";
import { swarmServiceProvider } from "../../../providers/swarm-service/provider";
import type {
  SwarmServiceInputs,
  SwarmServiceState,
} from "../../../providers/swarm-service/service-state";
import { withEngine } from "../../../providers/transport/engine";
import { withAnyManager } from "../../../providers/transport/manager";
import { closeIdleConnections } from "../../../providers/transport/pool";
import { serviceSpec } from "../../unit/model/service-specs";
import { type Lab, startLab } from "../lab";
import {
  eventually,
  formSwarm,
  inTask,
  provideImage,
  runningTask,
  serverOf,
  tasksOf,
} from "../service-lab";

/** Each attribute of a service, seen in the container that runs. */
let lab: Lab;
let front: string;
let back: string;
let key: { readonly id: string; readonly name: string };
let page: { readonly id: string; readonly name: string };

const image = "127.0.0.1:1/hive-lab-task:1";
const busybox = "/bin/busybox";
const mebibyte = 2 ** 20;
/** Idles until it is told to stop, and serves /srv. */
const idle = `trap 'exit 0' TERM QUIT
echo "started as $*"
${busybox} httpd -f -p 8000 -h /srv &
while :; do ${busybox} sleep 1; done`;

jest.setTimeout(180_000);

beforeAll(async () => {
  lab = await startLab({ servers: 3, prefix: "attr" });
  await Promise.all([formSwarm(lab), provideImage(lab, image, "test/integration/task-image")]);
  [front, back, key, page] = await withAnyManager(lab.hosts, async (docker) => [
    await makeNetwork(docker, "front"),
    await makeNetwork(docker, "back"),
    await makeSecret(docker, "key-1", "planted-secret"),
    await makeConfig(docker, "page-1", "hello from a config"),
  ]);
}, 600_000);
afterAll(async () => {
  closeIdleConnections();
  await lab.destroy();
});

async function makeNetwork(docker: Dockerode, name: string): Promise<string> {
  return (await docker.createNetwork({ Name: name, Driver: "overlay" })).id;
}

async function makeSecret(
  docker: Dockerode,
  name: string,
  value: string,
): Promise<{ id: string; name: string }> {
  const made = await docker.createSecret({
    Name: name,
    Data: Buffer.from(value).toString("base64"),
  });
  return { id: made.id, name };
}

async function makeConfig(
  docker: Dockerode,
  name: string,
  content: string,
): Promise<{ id: string; name: string }> {
  const made = await docker.createConfig({
    Name: name,
    Data: Buffer.from(content).toString("base64"),
  });
  return { id: made.id, name };
}

/** Inputs in their normal form, as `check` answers them. */
async function inputsOf(
  changes: Partial<ServiceSpec>,
  extra: Partial<SwarmServiceInputs> = {},
): Promise<SwarmServiceInputs> {
  const spec = serviceSpec({
    site: "lab.example",
    image,
    entrypoint: ["/bin/sh", "-c"],
    command: [idle],
    ...changes,
  });
  const wish = { ...spec, revision: 1, managers: lab.hosts, ...extra } as SwarmServiceInputs;
  const checked = await swarmServiceProvider.check?.(wish, wish);
  expect(checked?.failures).toEqual([]);
  return checked?.inputs as SwarmServiceInputs;
}

interface Made {
  readonly id: string;
  state: SwarmServiceState;
}

async function create(inputs: SwarmServiceInputs): Promise<Made> {
  const { id, outs } = await swarmServiceProvider.create(inputs);
  return { id, state: outs as SwarmServiceState };
}

async function update(made: Made, inputs: SwarmServiceInputs): Promise<void> {
  const updated = await swarmServiceProvider.update?.(made.id, made.state, inputs);
  made.state = updated?.outs as SwarmServiceState;
}

async function readInputs(made: Made): Promise<unknown> {
  return (await swarmServiceProvider.read?.(made.id, made.state))?.inputs;
}

async function remove(made: Made): Promise<void> {
  await swarmServiceProvider.delete?.(made.id, made.state);
}

/** The service as the Swarm has it. */
async function inspectService(
  id: string,
): Promise<{ readonly Version: { readonly Index: number }; readonly Spec: EngineServiceSpec }> {
  return await withAnyManager(
    lab.hosts,
    (docker) => docker.getService(id).inspect() as Promise<never>,
    { repeatable: true },
  );
}

/** The running container of a service with one task. */
async function inspectContainer(service: string): Promise<Dockerode.ContainerInspectInfo> {
  const task = await runningTask(lab, service);
  const host = lab.hosts[await serverOf(lab, task)];
  if (host === undefined) throw new Error(`The task of ${service} is on no server.`);
  return await withEngine(host, (docker) =>
    docker.getContainer(task.Status.ContainerStatus?.ContainerID ?? "").inspect(),
  );
}

/** What a shell in the running container prints. */
async function shell(service: string, script: string): Promise<string> {
  return (await inTask(lab, service, ["/bin/sh", "-c", script])).trim();
}

describe("every attribute of a service", () => {
  let everything: SwarmServiceInputs;
  let made: Made;
  let container: Dockerode.ContainerInspectInfo;

  beforeAll(async () => {
    everything = await inputsOf({
      name: "everything",
      command: [idle, "everything", "first", "second"],
      environment: { GREETING: "good day", EQUATION: "a=b" },
      ports: [
        { target: 8000, published: 8081, protocol: "tcp", mode: "host" },
        { target: 5353, published: 8082, protocol: "udp", mode: "host" },
      ],
      networks: [{ id: front, aliases: ["all-of-it"] }],
      mounts: [
        {
          kind: "volume",
          source: "lab-data",
          target: "/data",
          readOnly: false,
          driver: "local",
          driverOptions: {},
          noCopy: true,
        },
        {
          kind: "volume",
          source: "lab-scratch",
          target: "/scratch",
          readOnly: true,
          driver: "local",
          driverOptions: { type: "tmpfs", device: "tmpfs", o: "size=2m" },
          noCopy: false,
        },
        { kind: "bind", source: "/etc/os-release", target: "/host-release", readOnly: true },
        { kind: "tmpfs", target: "/cache", sizeBytes: mebibyte, mode: "1770" },
      ],
      secrets: [{ ...key, target: "key", uid: 1000, gid: 2000, mode: "0440" }],
      configs: [{ ...page, target: "/srv/index.html", uid: 0, gid: 1000, mode: "0640" }],
      hostname: "all.{{.Node.Hostname}}",
      hosts: { "extra.example": "10.9.8.7" },
      dns: { servers: ["10.9.9.9"], search: ["lab.example"], options: ["ndots:3"] },
      labels: { team: "web" },
      containerLabels: { tier: "front" },
      placement: {
        constraints: [`node.hostname == ${lab.hosts[1]?.name ?? ""}`],
        spread: ["node.labels.hive.zone"],
        maxReplicasPerHost: 1,
      },
      healthcheck: {
        command: [busybox, "test", "-s", "/srv/index.html"],
        intervalSeconds: 1,
        timeoutSeconds: 2,
        retries: 4,
        startPeriodSeconds: 3,
      },
      restart: { condition: "any", delaySeconds: 0.5, maxAttempts: 9, windowSeconds: 60 },
      stopGracePeriodSeconds: 7,
      stopSignal: "SIGQUIT",
      user: "1000:1000",
      groups: ["2000"],
      workingDirectory: "/data",
      capabilities: { add: ["NET_ADMIN"], drop: ["CHOWN"] },
      sysctls: { "net.ipv4.ip_local_port_range": "20000 30000" },
      ulimits: [{ name: "nofile", soft: 1000, hard: 2000 }],
      init: true,
      readOnly: true,
      tty: true,
      resources: {
        limits: { cpus: 0.5, memoryBytes: 64 * mebibyte, pids: 50 },
        reservations: { cpus: 0.1, memoryBytes: 32 * mebibyte },
      },
      logging: { driver: "local", options: { "max-size": "1m" } },
    });
    made = await create(everything);
    container = await inspectContainer("everything");
  });

  test("entrypoint and command are what runs", async () => {
    expect(container.Path).toBe("/bin/sh");
    expect(container.Args).toEqual(["-c", idle, "everything", "first", "second"]);
    const seen = await shell("everything", `${busybox} tr '\\0' ' ' < /proc/1/cmdline`);
    expect(seen).toMatch(/everything first second$/);
  });

  test("environment", async () => {
    const seen = await shell("everything", `${busybox} tr '\\0' '\\n' < /proc/1/environ`);
    expect(seen.split("\n")).toEqual(expect.arrayContaining(["GREETING=good day", "EQUATION=a=b"]));
  });

  test("a published port of the host answers, there only; udp is published as such", async () => {
    const [other, own] = [lab.address(0), lab.address(1)];
    expect(await (await fetch(`http://${own}:8081/`)).text()).toBe("hello from a config");
    await expect(
      fetch(`http://${other}:8081/`, { signal: AbortSignal.timeout(2000) }),
    ).rejects.toThrow();
    const udp = container.NetworkSettings.Ports["5353/udp"] ?? [];
    expect(udp.map(({ HostPort }) => HostPort)).toContain("8082");
  });

  test("an alias is resolved and reached from another host over the network", async () => {
    const visitor = await create(
      await inputsOf({
        name: "visitor",
        networks: [{ id: front, aliases: [] }],
        placement: {
          constraints: [`node.hostname==${lab.hosts[2]?.name ?? ""}`],
          spread: [],
          maxReplicasPerHost: 0,
        },
      }),
    );
    // wget of the static busybox cannot look names up.
    const ask = `printf 'GET / HTTP/1.0\\r\\n\\r\\n' | ${busybox} nc -w 3 all-of-it 8000`;
    const seen = await eventually("the alias answers", 20, async () => {
      const answer = await shell("visitor", ask);
      return answer.includes("200 OK") && answer;
    });
    expect(seen).toMatch(/hello from a config$/);
    await remove(visitor);
  });

  test("a volume is there, writable, empty, and stays when the container goes", async () => {
    expect(container.Mounts).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          Type: "volume",
          Name: "lab-data",
          Destination: "/data",
          RW: true,
        }),
      ]),
    );
    const mounts = await shell("everything", "while read -r l; do echo $l; done < /proc/mounts");
    expect(mounts).toMatch(/ \/data \S+ rw/);
  });

  test("a volume with options of its driver is made with them, and read-only here", async () => {
    const mounts = await shell("everything", "while read -r l; do echo $l; done < /proc/mounts");
    expect(mounts).toMatch(/^tmpfs \/scratch tmpfs ro,.*size=2048k/m);
  });

  test("a folder or file of the host", async () => {
    expect(await shell("everything", `${busybox} cat /host-release`)).toContain("Debian");
    expect(await shell("everything", "echo x > /host-release")).toMatch(/[Rr]ead-only/);
  });

  test("a file system in memory with its size and mode", async () => {
    const mounts = await shell("everything", "while read -r l; do echo $l; done < /proc/mounts");
    expect(mounts).toMatch(/^tmpfs \/cache tmpfs rw,.*size=1024k/m);
    expect(await shell("everything", `${busybox} stat -c %a /cache`)).toBe("1770");
  });

  test("a secret with its owner and mode, in memory", async () => {
    expect(await shell("everything", `${busybox} cat /run/secrets/key`)).toBe("planted-secret");
    expect(await shell("everything", `${busybox} stat -c '%u %g %a' /run/secrets/key`)).toBe(
      "1000 2000 440",
    );
    expect(await shell("everything", `${busybox} stat -f -c %T /run/secrets/key`)).toBe("tmpfs");
    expect(JSON.stringify(container)).not.toContain("planted-secret");
  });

  test("a config with its owner and mode", async () => {
    expect(await shell("everything", `${busybox} cat /srv/index.html`)).toBe("hello from a config");
    expect(await shell("everything", `${busybox} stat -c '%u %g %a' /srv/index.html`)).toBe(
      "0 1000 640",
    );
  });

  test("host name, lines of /etc/hosts, and name resolution", async () => {
    expect(await shell("everything", `${busybox} hostname`)).toBe(
      `all.${lab.hosts[1]?.name ?? ""}`,
    );
    expect(await shell("everything", `${busybox} cat /etc/hosts`)).toMatch(
      /^10\.9\.8\.7\s+extra\.example$/m,
    );
    const resolver = await shell("everything", `${busybox} cat /etc/resolv.conf`);
    expect(resolver).toMatch(/^search lab\.example$/m);
    expect(resolver).toMatch(/^options .*ndots:3/m);
    expect(container.HostConfig.Dns).toEqual(["10.9.9.9"]);
  });

  test("labels of the service and of its container", async () => {
    expect((await inspectService(made.id)).Spec.Labels).toMatchObject({ team: "web" });
    expect(container.Config.Labels).toMatchObject({ tier: "front" });
    expect(container.Config.Labels).not.toHaveProperty("team");
  });

  test("a constraint of placement", async () => {
    expect(await serverOf(lab, await runningTask(lab, "everything"))).toBe(1);
  });

  test("a health check, by which the task counts as running", () => {
    expect(container.State.Health?.Status).toBe("healthy");
    expect(container.Config.Healthcheck).toMatchObject({
      Test: ["CMD", busybox, "test", "-s", "/srv/index.html"],
      Interval: 1e9,
      Timeout: 2e9,
      Retries: 4,
      StartPeriod: 3e9,
    });
  });

  test("stop signal", () => {
    expect(container.Config).toMatchObject({ StopSignal: "SIGQUIT" });
  });

  test("user, further groups and working directory", async () => {
    expect(await shell("everything", `${busybox} id -u; ${busybox} id -g; ${busybox} id -G`)).toBe(
      "1000\n1000\n1000 2000",
    );
    expect(await shell("everything", `${busybox} readlink /proc/1/cwd`)).toBe("/data");
  });

  test("capabilities: one more and one less than Docker's own", async () => {
    const status = await shell("everything", `${busybox} grep CapBnd /proc/1/status`);
    const bounding = BigInt(`0x${status.split(/\s+/)[1] ?? "0"}`);
    const [chown, kill, netAdmin, sysAdmin] = [0n, 5n, 12n, 21n];
    expect([chown, kill, netAdmin, sysAdmin].map((bit) => (bounding >> bit) & 1n)).toEqual([
      0n,
      1n,
      1n,
      0n,
    ]);
  });

  test("kernel settings and limits of processes", async () => {
    expect(
      await shell("everything", `${busybox} cat /proc/sys/net/ipv4/ip_local_port_range`),
    ).toMatch(/^20000\s+30000$/);
    expect(await shell("everything", `${busybox} grep 'open files' /proc/1/limits`)).toMatch(
      /1000\s+2000/,
    );
  });

  test("an init process, a read-only root, and a terminal", async () => {
    expect(await shell("everything", `${busybox} cat /proc/1/comm`)).toMatch(/docker-init|tini/);
    expect(await shell("everything", "echo x > /file")).toMatch(/[Rr]ead-only/);
    expect(container.HostConfig.ReadonlyRootfs).toBe(true);
    expect(container.Config.Tty).toBe(true);
    expect(await shell("everything", `${busybox} readlink /proc/1/fd/1`)).toMatch(
      /\/(pts|console)/,
    );
  });

  test("limits of memory, processors and processes", async () => {
    expect(container.HostConfig).toMatchObject({
      Memory: 64 * mebibyte,
      NanoCpus: 5e8,
      PidsLimit: 50,
    });
    const limit = await shell(
      "everything",
      `${busybox} cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null`,
    );
    expect(limit).toBe(String(64 * mebibyte));
  });

  test("the log driver with its options", () => {
    expect(container.HostConfig.LogConfig).toEqual({
      Type: "local",
      Config: { "max-size": "1m" },
    });
  });

  test("restart: a task that was killed is replaced after its delay", async () => {
    const before = await runningTask(lab, "everything");
    await withEngine(lab.hosts[1] as Lab["hosts"][number], (docker) =>
      docker.getContainer(container.Id).kill(),
    );
    const after = await eventually("another task runs", 30, async () => {
      const task = await runningTask(lab, "everything");
      return task.ID !== before.ID && task;
    });
    expect(await shell("everything", `${busybox} cat /srv/index.html`)).toContain("hello");
    expect(after.ID).not.toBe(before.ID);
  });

  test("a second run changes nothing, and a refresh shows nothing", async () => {
    const { Version: version } = await inspectService(made.id);
    const task = await runningTask(lab, "everything");
    expect(await readInputs(made)).toEqual(everything);
    expect((await swarmServiceProvider.diff?.(made.id, made.state, everything))?.changes).toBe(
      false,
    );
    const again = await create(everything);
    expect(again).toEqual(made);
    await update({ id: made.id, state: { ...made.state, complete: false } }, everything);
    expect((await inspectService(made.id)).Version).toEqual(version);
    expect((await runningTask(lab, "everything")).ID).toBe(task.ID);
  });

  test("networks, secrets and configs are changed in place, and tasks follow", async () => {
    const [newKey, newPage] = await withAnyManager(lab.hosts, async (docker) => [
      await makeSecret(docker, "key-2", "another-secret"),
      await makeConfig(docker, "page-2", "good bye"),
    ]);
    const changed = await inputsOf({
      ...everything,
      networks: [
        { id: front, aliases: ["all-of-it"] },
        { id: back, aliases: ["behind"] },
      ],
      secrets: [{ ...newKey, target: "key", uid: 1000, gid: 2000, mode: "0440" }],
      configs: [{ ...newPage, target: "/srv/index.html", uid: 0, gid: 1000, mode: "0640" }],
    });
    await update(made, changed);
    expect(await readInputs(made)).toEqual(changed);
    const now = await inspectContainer("everything");
    expect(Object.keys(now.NetworkSettings.Networks).sort()).toEqual(["back", "front"]);
    expect(await shell("everything", `${busybox} cat /run/secrets/key`)).toBe("another-secret");
    expect(await shell("everything", `${busybox} cat /srv/index.html`)).toBe("good bye");

    const less = await inputsOf({ ...changed, networks: [{ id: back, aliases: [] }] });
    await update(made, less);
    const last = await inspectContainer("everything");
    expect(Object.keys(last.NetworkSettings.Networks)).toEqual(["back"]);
    await remove(made);
  });
});

describe("modes and placement", () => {
  test("a global service runs where its constraint allows, and does not wait for other hosts", async () => {
    const made = await create(
      await inputsOf({
        name: "somewhere",
        mode: { kind: "global" },
        placement: {
          constraints: [`node.hostname!=${lab.hosts[0]?.name ?? ""}`],
          spread: [],
          maxReplicasPerHost: 0,
        },
      }),
    );
    const tasks = (await tasksOf(lab, "somewhere")).filter(
      ({ Status }) => Status.State === "running",
    );
    expect((await Promise.all(tasks.map((task) => serverOf(lab, task)))).sort()).toEqual([1, 2]);
    await remove(made);
  });

  test("replicas are one to a host when they must be", async () => {
    const made = await create(
      await inputsOf({
        name: "spread",
        mode: { kind: "replicated", replicas: 3 },
        placement: { constraints: [], spread: ["node.id"], maxReplicasPerHost: 1 },
        update: { ...serviceSpec().update, parallelism: 0 },
      }),
    );
    const tasks = (await tasksOf(lab, "spread")).filter(({ Status }) => Status.State === "running");
    expect((await Promise.all(tasks.map((task) => serverOf(lab, task)))).sort()).toEqual([0, 1, 2]);
    const none = await inputsOf({ ...made.state, mode: { kind: "replicated", replicas: 0 } });
    const begin = Date.now();
    await update(made, none);
    expect(Date.now() - begin).toBeLessThan(10_000);
    await remove(made);
  });

  test("the image's own health check can be switched off", async () => {
    const off = {
      command: [],
      intervalSeconds: 0,
      timeoutSeconds: 0,
      retries: 0,
      startPeriodSeconds: 0,
    };
    const inputs = await inputsOf({ name: "unchecked", healthcheck: off });
    const made = await create(inputs);
    expect((await inspectContainer("unchecked")).Config.Healthcheck?.Test).toEqual(["NONE"]);
    expect(await readInputs(made)).toEqual(inputs);
    await remove(made);
  });

  test("a service that was renamed leaves no orphan, though both want the same port", async () => {
    const port = { target: 8000, published: 8090, protocol: "tcp", mode: "host" } as const;
    const made = await create(await inputsOf({ name: "before", ports: [port] }));
    const renamed = await inputsOf({ name: "after", ports: [port] });
    const diff = await swarmServiceProvider.diff?.(made.id, made.state, renamed);
    expect(diff).toMatchObject({ replaces: ["name"], deleteBeforeReplace: true });
    await remove(made);
    const next = await create(renamed);
    const names = await withAnyManager(lab.hosts, async (docker) =>
      (await docker.listServices()).map(({ Spec }) => Spec?.Name),
    );
    expect(names).toEqual(["after"]);
    await remove(next);
  });
});

describe("what shows only in time", () => {
  test("a task that does not heed its stop signal has its time, and is killed then", async () => {
    const made = await create(
      await inputsOf({
        name: "stubborn",
        command: [`trap '' TERM; while :; do ${busybox} sleep 1; done`],
        stopGracePeriodSeconds: 4,
      }),
    );
    const begin = Date.now();
    await remove(made);
    const seconds = (Date.now() - begin) / 1000;
    expect(seconds).toBeGreaterThan(3.5);
    expect(seconds).toBeLessThan(9);
  });

  test("no host takes a task for which it cannot reserve what is asked", async () => {
    const greedy = await inputsOf(
      {
        name: "greedy",
        resources: { limits: {}, reservations: { memoryBytes: 2 ** 43 } },
      },
      { convergeDeadlineSeconds: 4 },
    );
    const failed: unknown = await create(greedy).catch((error: unknown) => error);
    expect(failed).toMatchObject({
      message: expect.stringMatching(
        /not done within 4 s: 0 of 1 tasks run.*insufficient/,
      ) as string,
    });
    const { id, properties } = failed as { id: string; properties: SwarmServiceState };
    await remove({ id, state: properties });
  });

  test("a task that ends is not started again if its restart policy says so", async () => {
    const brief = await inputsOf({
      name: "brief",
      command: ["echo not today; exit 4"],
      restart: { condition: "none", delaySeconds: 0, maxAttempts: 0, windowSeconds: 0 },
    });
    const failed: unknown = await create(brief).catch((error: unknown) => error);
    expect(failed).toMatchObject({
      message: expect.stringMatching(
        /its restart policy allows no more[^]*non-zero exit \(4\)[^]*not today/,
      ) as string,
    });
    const { id, properties } = failed as { id: string; properties: SwarmServiceState };
    expect(await tasksOf(lab, "brief")).toHaveLength(1);
    await remove({ id, state: properties });
  });
});

describe("long work", () => {
  test("says what it waits for, a line every few seconds at most", async () => {
    const lines: string[] = [];
    const write = jest.spyOn(process.stdout, "write").mockImplementation((text) => {
      lines.push(String(text));
      return true;
    });
    try {
      const slow = {
        command: [busybox, "test", "-e", "/healthy"],
        intervalSeconds: 1,
        timeoutSeconds: 1,
        retries: 30,
        startPeriodSeconds: 0,
      };
      const made = await create(
        await inputsOf({
          name: "slow",
          healthcheck: slow,
          command: [`${busybox} sleep 8; echo > /healthy; ${idle}`],
        }),
      );
      await remove(made);
    } finally {
      write.mockRestore();
    }
    const said = lines.filter((line) => line.startsWith("hive: "));
    expect(said[0]).toMatch(
      /^hive: slow: 0 of 1 tasks run \(starting \(not healthy yet\) on attr\d\.lab\.example\)\n$/,
    );
    expect(said.length).toBeLessThan(4);
  });
});

describe("a job", () => {
  const job = (changes: Partial<ServiceSpec> = {}): Promise<SwarmServiceInputs> =>
    inputsOf({
      name: "job",
      mode: { kind: "job", retries: 1 },
      command: ["echo done"],
      restart: { condition: "any", delaySeconds: 0, maxAttempts: 0, windowSeconds: 0 },
      ...changes,
    });

  test("is over when create returns; a change runs it again; a refresh shows nothing; removed, it leaves nothing", async () => {
    const inputs = await job({ command: [`${busybox} sleep 2; echo done`] });
    const made = await create(inputs);
    const complete = async (): Promise<number> =>
      (await tasksOf(lab, "job")).filter(({ Status }) => Status.State === "complete").length;
    expect(await complete()).toBe(1);
    expect(await readInputs(made)).toEqual(inputs);
    await create(inputs);
    expect(await complete()).toBe(1);
    await update(made, await job({ environment: { A: "1" } }));
    expect(await complete()).toBe(2);
    const begin = Date.now();
    await remove(made);
    expect(Date.now() - begin).toBeLessThan(10_000);
    for (const host of lab.hosts) {
      const containers = await withEngine(host, (docker) =>
        docker.listContainers({ all: true, filters: JSON.stringify({ name: ["job."] }) }),
      );
      expect(containers).toEqual([]);
    }
  });

  test("that fails is tried again as often as it may, and then its last lines are the error", async () => {
    const failing = await job({ command: ["echo no table users >&2; exit 3"] });
    const failed: unknown = await create(failing).catch((error: unknown) => error);
    expect(failed).toMatchObject({
      message: expect.stringMatching(
        /the job failed 2 times[^]*non-zero exit \(3\)[^]*no table users/,
      ) as string,
      properties: { complete: false },
    });
    const { id, properties } = failed as { id: string; properties: SwarmServiceState };
    const made = { id, state: properties };
    // The next run runs it again, changed or not.
    await expect(update(made, failing)).rejects.toThrow(/the job failed 2 times/);
    expect((await tasksOf(lab, "job")).length).toBe(4);
    await update(made, await job());
    expect(made.state.complete).toBe(true);
    await remove(made);
  });

  test("with a schedule runs when it is started, and neither creating nor changing it starts a run", async () => {
    const nightly = (changes: Partial<ServiceSpec> = {}): Promise<SwarmServiceInputs> =>
      job({
        name: "nightly",
        mode: { kind: "job", schedule: "0 3 * * *", retries: 0 },
        command: [`${busybox} sleep 4; echo done`],
        ...changes,
      });
    const inputs = await nightly();
    const made = await create(inputs);
    await update(made, await nightly({ environment: { A: "1" } }));
    await update(made, inputs);
    expect(await tasksOf(lab, "nightly")).toEqual([]);

    await startRun(made.id, "2026-01-01T03:00:00Z");
    expect(await readInputs(made)).toEqual(inputs);
    // The change waits for the end of the run, and the run is not repeated.
    await update(made, await nightly({ environment: { A: "2" } }));
    const tasks = await tasksOf(lab, "nightly");
    expect(tasks.map(({ Status }) => Status.State)).toEqual(["complete"]);
    const { Spec: spec } = await inspectService(made.id);
    expect(spec.Labels).toMatchObject({ [lastRunLabel]: "2026-01-01T03:00:00Z" });
    expect(spec.TaskTemplate.ContainerSpec.Env).toEqual(["A=2"]);
    await remove(made);
  });

  /** As the agent on the hosts does it. */
  async function startRun(id: string, time: string): Promise<void> {
    await withAnyManager(lab.hosts, async (docker) => {
      const seen = (await docker.getService(id).inspect()) as {
        Version: { Index: number };
        Spec: EngineServiceSpec;
      };
      await docker.getService(id).update({
        version: seen.Version.Index,
        ...seen.Spec,
        Labels: { ...seen.Spec.Labels, [lastRunLabel]: time },
        TaskTemplate: {
          ...seen.Spec.TaskTemplate,
          ForceUpdate: (seen.Spec.TaskTemplate.ForceUpdate ?? 0) + 1,
        },
        Mode: { ReplicatedJob: { MaxConcurrent: 1, TotalCompletions: 1 } },
      });
    });
  }
});
