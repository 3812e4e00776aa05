import { readFileSync } from "node:fs";

import type Dockerode from "dockerode";

import { planSite } from "../../../model/plan-site";
import { planService } from "../../../model/planning/plan-service";
import { lastRunLabel } from "../../../model/swarm/labels";
import type { EngineServiceSpec } from "../../../model/engine-api/service-spec";
import type { ServiceSpec } from "../../../model/service/spec";
import { defineSite } from "../../../model/site";
import { parseStage } from "../../../model/stage/check-stage";
import { swarmServiceProvider } from "../../../providers/swarm-service/provider";
import type { SwarmServiceInputs } from "../../../providers/swarm-service/service-state";
import { runChecked } from "../../../providers/transport/command";
import { withEngine } from "../../../providers/transport/engine";
import { withAnyManager } from "../../../providers/transport/manager";
import { proves } from "../../proves";
import { serviceSpec } from "../../unit/model/service-specs";
import { type Lab, startLab } from "../lab";
import { busybox, labServices, type Made } from "../lab-services";
import {
  eventually,
  formSwarm,
  type LabTask,
  provideTaskImage,
  runningTask,
  serverOf,
  taskImage as image,
  tasksOf,
} from "../service-lab";

/** Each attribute of a service, seen in the container that runs. */
let lab: Lab;
let front: string;
let back: string;
let key: { readonly id: string; readonly name: string };
let page: { readonly id: string; readonly name: string };

const mebibyte = 2 ** 20;
/** Idles until it is told to stop, and serves /srv. */
const idle = `trap 'exit 0' TERM
echo "started as $*"
${busybox} httpd -f -p 8000 -h /srv &
while :; do ${busybox} sleep 1; done`;

const {
  inputsOf,
  create,
  createFailing,
  update,
  readInputs,
  remove,
  inspectService,
  containerOf,
  inspectContainer,
  runningTasks,
  shell,
} = labServices(() => lab, idle);

jest.setTimeout(180_000);

beforeAll(async () => {
  lab = await startLab({ servers: 3, prefix: "attr" });
  await Promise.all([formSwarm(lab, zone), provideTaskImage(lab)]);
  [front, back, key, page] = await withAnyManager(lab.hosts, async (docker) => [
    await makeNetwork(docker, "front"),
    await makeNetwork(docker, "back"),
    await makeSecret(docker, "key-1", "planted-secret"),
    await makeConfig(docker, "page-1", "hello from a config"),
  ]);
}, 600_000);
afterAll(() => lab.destroy());

/** Two zones: the first server alone, and the others. */
function zone(index: number): Record<string, string> {
  return { "hive.zone": index === 0 ? "zone-a" : "zone-b" };
}

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

/** The addresses that the engine's name server gives for a name, in a container of a service. */
async function addressesOf(service: string, name: string): Promise<string[]> {
  const answer = await shell(service, `${busybox} nslookup -type=a ${name} 127.0.0.11`);
  return [...answer.matchAll(/^Address: (\S+)$/gm)].map(([, address = ""]) => address);
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

  proves("entrypoint", "command")("entrypoint and command are what runs", async () => {
    expect(container.Path).toBe("/bin/sh");
    expect(container.Args).toEqual(["-c", idle, "everything", "first", "second"]);
    const seen = await shell("everything", `${busybox} tr '\\0' ' ' < /proc/1/cmdline`);
    expect(seen).toMatch(/everything first second$/);
  });

  proves("environment")("environment", async () => {
    const seen = await shell("everything", `${busybox} tr '\\0' '\\n' < /proc/1/environ`);
    expect(seen.split("\n")).toEqual(expect.arrayContaining(["GREETING=good day", "EQUATION=a=b"]));
  });

  proves(
    "ports.target",
    "ports.published",
    "ports.mode=host",
    "ports.protocol=tcp",
    "ports.protocol=udp",
  )("a published port of the host answers, there only; udp is published as such", async () => {
    const [other, own] = [lab.address(0), lab.address(1)];
    expect(await (await fetch(`http://${own}:8081/`)).text()).toBe("hello from a config");
    await expect(
      fetch(`http://${other}:8081/`, { signal: AbortSignal.timeout(2000) }),
    ).rejects.toThrow();
    const udp = container.NetworkSettings.Ports["5353/udp"] ?? [];
    expect(udp.map(({ HostPort }) => HostPort)).toContain("8082");
  });

  proves(
    "networks.name",
    "networks.aliases",
    "endpointMode=dnsrr",
  )("an alias is resolved and reached from another host over the network", async () => {
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
    // Without a virtual address the name is that of the task itself.
    const own = container.NetworkSettings.Networks.front?.IPAddress ?? "none";
    expect(await addressesOf("visitor", "everything")).toEqual([own]);
    await remove(visitor);
  });

  proves("volumes.source", "volumes.target")(
    "a volume is there, writable, empty, and stays when the container goes",
    async () => {
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
    },
  );

  proves("volumes.readOnly")(
    "a volume with options of its driver is made with them, and read-only here",
    async () => {
      const mounts = await shell("everything", "while read -r l; do echo $l; done < /proc/mounts");
      expect(mounts).toMatch(/^tmpfs \/scratch tmpfs ro,.*size=2048k/m);
    },
  );

  test("a folder or file of the host", async () => {
    expect(await shell("everything", `${busybox} cat /host-release`)).toContain("Debian");
    expect(await shell("everything", "echo x > /host-release")).toMatch(/[Rr]ead-only/);
  });

  proves(
    "tmpfs.target",
    "tmpfs.size",
    "tmpfs.mode",
  )("a file system in memory with its size and mode", async () => {
    const mounts = await shell("everything", "while read -r l; do echo $l; done < /proc/mounts");
    expect(mounts).toMatch(/^tmpfs \/cache tmpfs rw,.*size=1024k/m);
    expect(await shell("everything", `${busybox} stat -c %a /cache`)).toBe("1770");
  });

  proves(
    "secrets.secret",
    "secrets.target",
    "secrets.uid",
    "secrets.gid",
    "secrets.mode",
  )("a secret with its owner and mode, in memory", async () => {
    expect(await shell("everything", `${busybox} cat /run/secrets/key`)).toBe("planted-secret");
    expect(await shell("everything", `${busybox} stat -c '%u %g %a' /run/secrets/key`)).toBe(
      "1000 2000 440",
    );
    expect(await shell("everything", `${busybox} stat -f -c %T /run/secrets/key`)).toBe("tmpfs");
    expect(JSON.stringify(container)).not.toContain("planted-secret");
  });

  proves(
    "configs.config",
    "configs.target",
    "configs.uid",
    "configs.gid",
    "configs.mode",
  )("a config with its owner and mode", async () => {
    expect(await shell("everything", `${busybox} cat /srv/index.html`)).toBe("hello from a config");
    expect(await shell("everything", `${busybox} stat -c '%u %g %a' /srv/index.html`)).toBe(
      "0 1000 640",
    );
  });

  proves(
    "hostname",
    "hosts",
    "dns.servers",
    "dns.search",
    "dns.options",
  )("host name, lines of /etc/hosts, and name resolution", async () => {
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

  proves("labels", "containerLabels")("labels of the service and of its container", async () => {
    expect((await inspectService(made.id)).Spec.Labels).toMatchObject({ team: "web" });
    expect(container.Config.Labels).toMatchObject({ tier: "front" });
    expect(container.Config.Labels).not.toHaveProperty("team");
  });

  proves("placement.constraints")("a constraint of placement", async () => {
    expect(await serverOf(lab, await runningTask(lab, "everything"))).toBe(1);
  });

  proves("healthcheck.command")("a health check, by which the task counts as running", () => {
    expect(container.State.Health?.Status).toBe("healthy");
    expect(container.Config.Healthcheck).toMatchObject({
      Test: ["CMD", busybox, "test", "-s", "/srv/index.html"],
      Interval: 1e9,
      Timeout: 2e9,
      Retries: 4,
      StartPeriod: 3e9,
    });
  });

  proves(
    "user",
    "groups",
    "workingDirectory",
  )("user, further groups and working directory", async () => {
    expect(await shell("everything", `${busybox} id -u; ${busybox} id -g; ${busybox} id -G`)).toBe(
      "1000\n1000\n1000 2000",
    );
    expect(await shell("everything", `${busybox} readlink /proc/1/cwd`)).toBe("/data");
  });

  proves("capabilities.add", "capabilities.drop")(
    "capabilities: one more and one less than Docker's own",
    async () => {
      const status = await shell("everything", `${busybox} grep CapBnd /proc/1/status`);
      const bounding = BigInt(`0x${status.split(/\s+/)[1] ?? "0"}`);
      const [chown, kill, netAdmin, sysAdmin] = [0n, 5n, 12n, 21n];
      expect([chown, kill, netAdmin, sysAdmin].map((bit) => (bounding >> bit) & 1n)).toEqual([
        0n,
        1n,
        1n,
        0n,
      ]);
    },
  );

  test("its programs gain no privileges", async () => {
    expect(await shell("everything", `${busybox} grep NoNewPrivs /proc/1/status`)).toMatch(/\s1$/);
  });

  proves("sysctls", "ulimits")("kernel settings and limits of processes", async () => {
    expect(
      await shell("everything", `${busybox} cat /proc/sys/net/ipv4/ip_local_port_range`),
    ).toMatch(/^20000\s+30000$/);
    expect(await shell("everything", `${busybox} grep 'open files' /proc/1/limits`)).toMatch(
      /1000\s+2000/,
    );
  });

  proves(
    "init",
    "readOnly",
    "tty",
  )("an init process, a read-only root, and a terminal", async () => {
    expect(await shell("everything", `${busybox} cat /proc/1/comm`)).toMatch(/docker-init|tini/);
    expect(await shell("everything", "echo x > /file")).toMatch(/[Rr]ead-only/);
    expect(container.HostConfig.ReadonlyRootfs).toBe(true);
    expect(container.Config.Tty).toBe(true);
    expect(await shell("everything", `${busybox} readlink /proc/1/fd/1`)).toMatch(
      /\/(pts|console)/,
    );
  });

  proves(
    "resources.limits.cpus",
    "resources.limits.memory",
    "resources.limits.pids",
  )("limits of memory, processors and processes", async () => {
    expect(container.HostConfig).toMatchObject({
      Memory: 64 * mebibyte,
      NanoCpus: 5e8,
      PidsLimit: 50,
    });
    // The kernel's own words, of control groups of version 2 or 1.
    const files = [
      ...["memory.max", "memory/memory.limit_in_bytes", "cpu.max", "cpu/cpu.cfs_quota_us"],
      ...["pids.max", "pids/pids.max"],
    ];
    const limits = await shell(
      "everything",
      `cd /sys/fs/cgroup; ${busybox} cat ${files.join(" ")} 2>/dev/null`,
    );
    const [memory, processors, processes] = limits.split("\n");
    expect([memory, processes]).toEqual([String(64 * mebibyte), "50"]);
    expect(processors).toMatch(/^50000( 100000)?$/);
  });

  proves("logging.driver", "logging.options")("the log driver with its options", () => {
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

describe("a program's input", () => {
  proves("stdinOpen")(
    "stays open for a program that ends with it, and else is at its end",
    async () => {
      const console = await inputsOf({
        name: "console",
        command: [`${busybox} cat; echo the input ended`],
        stdinOpen: true,
      });
      const made = await create(console);
      expect(await shell("console", `${busybox} readlink /proc/1/fd/0`)).toMatch(/^pipe:/);
      expect(await tasksOf(lab, "console")).toHaveLength(1);
      expect(await readInputs(made)).toEqual(console);

      const job = { kind: "job", retries: 0 } as const;
      const { stdinOpen, ...closed } = { ...console, name: "console-job", mode: job };
      expect(stdinOpen).toBe(true);
      const ended = await create(await inputsOf(closed));
      const states = (await tasksOf(lab, "console-job")).map(({ Status }) => Status.State);
      expect(states).toEqual(["complete"]);
      await Promise.all([remove(made), remove(ended)]);
    },
  );
});

describe("a folder of the server below which something is mounted later", () => {
  const [hidden, oneWay, bothWays] = [
    ["rprivate", "private"],
    ["rslave", "slave"],
    ["rshared", "shared"],
  ] as const;

  proves(
    "volumes.propagation=rprivate",
    "volumes.propagation=private",
    "volumes.propagation=rslave",
    "volumes.propagation=slave",
    "volumes.propagation=rshared",
    "volumes.propagation=shared",
  )("shows it in the container as the mount says", async () => {
    const mounts = planService(
      "views",
      {
        image,
        volumes: [...hidden, ...oneWay, ...bothWays].map((propagation) => ({
          source: "/mnt",
          target: `/view/${propagation}`,
          propagation,
        })),
      },
      { hosts: {}, replicatedVolumes: new Set() },
    ).mounts as ServiceSpec["mounts"];
    const views = await inputsOf({
      name: "views",
      mounts,
      placement: {
        constraints: [`node.hostname==${lab.hosts[1]?.name ?? ""}`],
        spread: [],
        maxReplicasPerHost: 0,
      },
    });
    const made = await create(views);
    await runChecked(
      lab.hosts[1]!,
      "sudo -n sh -c 'mkdir -p /mnt/later && mount -t tmpfs later /mnt/later'",
      { deadlineSeconds: 30 },
    );
    const seen = await shell("views", `${busybox} cat /proc/self/mountinfo`);
    const view = (propagation: string): [later: boolean, kind: string] => [
      seen.includes(` /view/${propagation}/later `),
      [...seen.matchAll(/^\S+ \S+ \S+ \S+ (\S+) \S+ (.*?) ?- /gm)]
        .find(([, target]) => target === `/view/${propagation}`)?.[2]
        ?.replaceAll(/:\d+/g, "") ?? "",
    ];
    for (const each of hidden) expect([each, ...view(each)]).toEqual([each, false, ""]);
    for (const each of oneWay) expect([each, ...view(each)]).toEqual([each, true, "master"]);
    for (const each of bothWays) {
      expect([each, ...view(each)]).toEqual([each, true, expect.stringMatching(/^shared/)]);
    }
    const { Mounts: told } = await inspectContainer("views");
    expect(told.map(({ Destination, Propagation }) => `${Destination}=${Propagation}`)).toEqual(
      expect.arrayContaining(["/view/slave=slave", "/view/rslave=rslave", "/view/shared=shared"]),
    );
    expect(await readInputs(made)).toEqual(views);
    await remove(made);
    await runChecked(lab.hosts[1]!, "sudo -n umount /mnt/later", { deadlineSeconds: 30 });
  });
});

describe("modes and placement", () => {
  proves("mode=global")(
    "a global service runs where its constraint allows, and does not wait for other hosts",
    async () => {
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
      const tasks = await runningTasks("somewhere");
      expect((await Promise.all(tasks.map((task) => serverOf(lab, task)))).sort()).toEqual([1, 2]);
      await remove(made);
    },
  );

  proves("mode.replicas", "placement.maxReplicasPerHost")(
    "replicas are one to a host when they must be",
    async () => {
      const made = await create(
        await inputsOf({
          name: "spread",
          mode: { kind: "replicated", replicas: 3 },
          placement: { constraints: [], spread: ["node.id"], maxReplicasPerHost: 1 },
          update: { ...serviceSpec().update, parallelism: 0 },
        }),
      );
      const tasks = await runningTasks("spread");
      expect((await Promise.all(tasks.map((task) => serverOf(lab, task)))).sort()).toEqual([
        0, 1, 2,
      ]);
      const none = await inputsOf({ ...made.state, mode: { kind: "replicated", replicas: 0 } });
      const begin = Date.now();
      await update(made, none);
      expect(Date.now() - begin).toBeLessThan(10_000);
      await remove(made);
    },
  );

  proves("placement.spread")(
    "tasks are spread evenly over zones, though one has more hosts than the other",
    async () => {
      const made = await create(
        await inputsOf({
          name: "zoned",
          mode: { kind: "replicated", replicas: 6 },
          placement: { constraints: [], spread: ["node.labels.hive.zone"], maxReplicasPerHost: 0 },
        }),
      );
      const servers = await Promise.all(
        (await runningTasks("zoned")).map((task) => serverOf(lab, task)),
      );
      // Without zones it would be two on each of the three.
      expect(servers.filter((server) => server === 0)).toHaveLength(3);
      expect(servers.filter((server) => server !== 0)).toHaveLength(3);
      await remove(made);
    },
  );

  proves("availableOn")(
    "a stage runs the services that are available on it, and no others",
    async () => {
      const site = defineSite({
        name: "lab.example",
        services: {
          here: { image, networks: [], endpointMode: "dnsrr", availableOn: ["private", "staging"] },
          elsewhere: { image, networks: [], endpointMode: "dnsrr", availableOn: ["production"] },
        },
      });
      const stage = parseStage("private", {
        "hive:fleet": "container",
        "hive:cidr": "172.29.16.0/24",
      });
      const made: Made[] = [];
      for (const service of planSite({ stage, site }).services) {
        const { name, restart, networks, mounts, secrets, configs } = service;
        expect([networks, mounts, secrets, configs]).toEqual([[], [], [], []]);
        made.push(await create(await inputsOf({ name, restart })));
      }
      expect(await runningTasks("here")).toHaveLength(1);
      expect(await tasksOf(lab, "elsewhere").catch(() => [])).toEqual([]);
      await Promise.all(made.map(remove));
    },
  );

  proves("healthcheck=none")("the image's own health check can be switched off", async () => {
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
    expect(diff).toMatchObject({ replaces: ["name"], deleteBeforeReplace: false });
    // The new one takes the port over; the old one is removed at the run's end.
    const next = await create(renamed);
    await remove(made);
    const names = await withAnyManager(lab.hosts, async (docker) =>
      (await docker.listServices()).map(({ Spec }) => Spec?.Name),
    );
    expect(names).toEqual(["after"]);
    await remove(next);
  });
});

describe("what shows only in the engine's words, for the kernel of a test may lack what it needs", () => {
  proves("endpointMode=vip", "ports.mode=ingress")(
    "a virtual address is what names lead to, and a port of the routing mesh is published (IPVS would forward)",
    async () => {
      const here = (index: number) => ({
        constraints: [`node.hostname==${lab.hosts[index]?.name ?? ""}`],
        spread: [],
        maxReplicasPerHost: 0,
      });
      const networks = [{ id: front, aliases: [] }];
      const port = { target: 8000, published: 8095, protocol: "tcp", mode: "ingress" } as const;
      const [virtual, caller] = await Promise.all([
        create(
          await inputsOf({
            ...{ name: "virtual", endpointMode: "vip", networks },
            ...{ ports: [port], placement: here(1) },
          }),
        ),
        create(await inputsOf({ name: "caller", networks, placement: here(2) })),
      ]);
      const { Endpoint: endpoint } = await inspectService(virtual.id);
      const addresses = (endpoint?.VirtualIPs ?? []).map(({ Addr = "" }) => Addr.split("/")[0]);
      // One in the service's own network, and one in that of the routing mesh.
      expect(addresses).toHaveLength(2);
      expect(endpoint?.Ports).toMatchObject([
        { TargetPort: 8000, PublishedPort: 8095, PublishMode: "ingress" },
      ]);
      const { Networks: joined } = (await inspectContainer("virtual")).NetworkSettings;
      expect(Object.keys(joined).sort()).toEqual(["front", "ingress"]);
      const [found, ...more] = await addressesOf("caller", "virtual");
      expect(more).toEqual([]);
      expect(addresses).toContain(found);
      expect(await addressesOf("caller", "tasks.virtual")).toEqual([joined.front?.IPAddress]);
      await Promise.all([remove(virtual), remove(caller)]);
    },
  );

  proves("ports.protocol=sctp")(
    "a port of SCTP is bound as such, or refused by a kernel without SCTP, and the run says so",
    async () => {
      const inputs = await inputsOf({
        name: "signals",
        ports: [{ target: 2905, published: 8096, protocol: "sctp", mode: "host" }],
        restart: { condition: "none", delaySeconds: 0, maxAttempts: 0, windowSeconds: 0 },
      });
      const knowsSctp = readFileSync("/proc/net/protocols", "utf8").includes("SCTP");
      const made = knowsSctp
        ? { ...(await create(inputs)), message: "" }
        : await createFailing(inputs);
      expect(made.message).toMatch(knowsSctp ? /^$/ : /protocol not supported/);
      const [task] = await tasksOf(lab, "signals");
      const { HostConfig: config } = await containerOf(task as LabTask);
      expect(config.PortBindings).toMatchObject({ "2905/sctp": [{ HostPort: "8096" }] });
      await remove(made);
    },
  );
});

describe("what shows only in time", () => {
  /** A task that heeds no signal but one. */
  const heeds = (signal: string): string[] => [
    `trap '' TERM QUIT; ${signal === "" ? "" : `trap 'exit 0' ${signal}; `}while :; do ${busybox} sleep 1 & wait; done`,
  ];
  /** Seconds that the removal of a running service takes. */
  const stopping = async (changes: Partial<ServiceSpec>): Promise<number> => {
    const made = await create(await inputsOf({ ...changes, stopGracePeriodSeconds: 4 }));
    const begin = Date.now();
    await remove(made);
    return (Date.now() - begin) / 1000;
  };
  const failing = async (
    changes: Partial<ServiceSpec>,
    extra: Partial<SwarmServiceInputs> = {},
  ): ReturnType<typeof createFailing> => await createFailing(await inputsOf(changes, extra));
  const never = { condition: "none", delaySeconds: 0, maxAttempts: 0, windowSeconds: 0 } as const;
  const seconds = (time: string | Date): number => new Date(time).getTime() / 1000;

  /** All of them at once: each is waiting, and nothing else. */
  const begin = () => ({
    stubborn: stopping({ name: "stubborn", command: heeds("") }),
    heedful: stopping({ name: "heedful", command: heeds("QUIT"), stopSignal: "SIGQUIT" }),
    greedy: Promise.all(
      [{ memoryBytes: 2 ** 43 }, { cpus: 1000 }].map((reservations, index) =>
        failing(
          { name: `greedy-${index}`, resources: { limits: {}, reservations } },
          { convergeDeadlineSeconds: 4 },
        ),
      ),
    ),
    brief: failing({ name: "brief", command: ["echo not today; exit 4"], restart: never }),
    content: failing({
      name: "content",
      command: ["echo all done"],
      restart: { ...never, condition: "on-failure" },
    }),
    failingTwice: failing({
      name: "failing-twice",
      command: ["exit 3"],
      restart: { condition: "on-failure", delaySeconds: 2, maxAttempts: 1, windowSeconds: 0 },
    }),
    relapsing: inputsOf({
      name: "relapsing",
      command: [`${busybox} sleep 3`],
      restart: { condition: "any", delaySeconds: 0.5, maxAttempts: 1, windowSeconds: 2 },
    }).then(create),
    ailing: failing({
      name: "ailing",
      // Of one that ended well when it was stopped, the engine would not say why it stopped it.
      command: [`trap 'exit 5' TERM; while :; do ${busybox} sleep 1 & wait; done`],
      healthcheck: {
        command: [busybox, "sleep", "60"],
        intervalSeconds: 1,
        timeoutSeconds: 1,
        retries: 2,
        startPeriodSeconds: 3,
      },
      restart: never,
    }),
  });
  let results: ReturnType<typeof begin>;

  beforeAll(async () => {
    results = begin();
    await Promise.all(Object.values(results) as Promise<unknown>[]);
  });

  proves("stopGracePeriod")(
    "a task that does not heed its stop signal has its time, and is killed then",
    async () => {
      expect(await results.stubborn).toBeGreaterThan(3.5);
      expect(await results.stubborn).toBeLessThan(15);
    },
  );

  proves("stopSignal")("a task that heeds another signal ends at once by that one", async () => {
    expect(await results.heedful).toBeLessThan(await results.stubborn);
  });

  proves("resources.reservations.cpus", "resources.reservations.memory")(
    "no host takes a task for which it cannot reserve what is asked",
    async () => {
      const all = await results.greedy;
      expect(all).toHaveLength(2);
      for (const made of all) {
        expect(made.message).toMatch(/not done within \d+ s: 0 of 1 tasks run.*insufficient/);
        await remove(made);
      }
    },
  );

  proves("restart.condition=none")(
    "a task that ends is not started again if its restart policy says so",
    async () => {
      const made = await results.brief;
      expect(made.message).toMatch(
        /its restart policy allows no further restart[^]*non-zero exit \(4\)[^]*not today/,
      );
      expect(await tasksOf(lab, "brief")).toHaveLength(1);
      await remove(made);
    },
  );

  proves(
    "restart.condition=on-failure",
    "restart.delay",
    "restart.maxAttempts",
  )("or only when it failed, after a pause, and not more often than it may", async () => {
    const [content, failed] = [await results.content, await results.failingTwice];
    expect(content.message).toMatch(/ended successfully[^]*all done/);
    expect(await tasksOf(lab, "content")).toHaveLength(1);

    expect(failed.message).toMatch(/its restart policy allows no further restart/);
    const tasks = await tasksOf(lab, "failing-twice");
    expect(tasks).toHaveLength(2);
    const [second, first] = await Promise.all(tasks.map(containerOf));
    expect(
      seconds(second?.State.StartedAt ?? "") - seconds(first?.State.FinishedAt ?? ""),
    ).toBeGreaterThanOrEqual(2);
    await Promise.all([remove(content), remove(failed)]);
  });

  proves("restart.condition=any", "restart.window")(
    "or always, and starts from before its window do not count",
    async () => {
      await eventually(
        "it is started a third time, though one attempt is all it has",
        30,
        async () => {
          const tasks = await tasksOf(lab, "relapsing");
          return tasks.length > 2;
        },
      );
      await remove(await results.relapsing);
    },
  );

  proves(
    "healthcheck.interval",
    "healthcheck.timeout",
    "healthcheck.retries",
    "healthcheck.startPeriod",
  )(
    "a check that hangs fails in time, as often as it may, and not before the start is over",
    async () => {
      const made = await results.ailing;
      expect(made.message).toMatch(/unhealthy container/);
      expect(made.message).toMatch(
        /Its health check ended with code -?\d+:\n\s+Health check exceeded timeout \(1s\)/,
      );
      const [task] = await tasksOf(lab, "ailing");
      const { StartedAt: started, Health: health } = (await containerOf(task as LabTask)).State;
      expect(health).toMatchObject({ Status: "unhealthy", FailingStreak: 2 });
      const checks = health?.Log ?? [];
      const during = checks.filter(({ Start }) => seconds(Start) - seconds(started) < 3);
      expect([during.length > 0, checks.length - during.length]).toEqual([true, 2]);
      expect(new Set(checks.map(({ Output }) => Output))).toEqual(
        new Set(["Health check exceeded timeout (1s)"]),
      );
      for (const [index, { Start }] of checks.slice(1).entries()) {
        expect(seconds(Start) - seconds(checks[index]?.End ?? "")).toBeGreaterThanOrEqual(0.9);
      }
      await remove(made);
    },
  );
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
    expect(said[0]).toMatch(/^hive: slow: starting on attr\d\.lab\.example \(0 of 1 healthy\)\n$/);
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
    // An engine lists a container for a moment longer, as being removed.
    for (const host of lab.hosts)
      await eventually(`${host.name} has no container of the job`, 10, async () => {
        const containers = await withEngine(host, (docker) =>
          docker.listContainers({ all: true, filters: JSON.stringify({ name: ["job."] }) }),
        );
        return containers.length === 0;
      });
  });

  proves("mode.job.retries")(
    "that fails is tried again as often as it may, and then its last lines are the error",
    async () => {
      const failing = await job({ command: ["echo no table users >&2; exit 3"] });
      const made = await createFailing(failing);
      expect(made.message).toMatch(
        /the job failed 2 times[^]*non-zero exit \(3\)[^]*no table users/,
      );
      expect(made.state.complete).toBe(false);
      // The next run runs it again, changed or not.
      await expect(update(made, failing)).rejects.toThrow(/the job failed 2 times/);
      expect((await tasksOf(lab, "job")).length).toBe(4);
      await update(made, await job());
      expect(made.state.complete).toBe(true);
      await remove(made);
    },
  );

  proves("mode.job.schedule")(
    "with a schedule runs when it is started, and neither creating nor changing it starts a run",
    async () => {
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
    },
  );

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
