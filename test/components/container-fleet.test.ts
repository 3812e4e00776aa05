import { ContainerFleet } from "../../fleet/container/servers";
import { planContainerFleet } from "../../fleet/container/plan";
import type { DockerFacts } from "../../fleet/container/docker-facts";
import { planWith, smallSite } from "../unit/model/plans";
import { record, type Recorded } from "./recorder";

// Each provider's text is serialized once; that takes seconds on a busy computer.
jest.setTimeout(120_000);

const facts: DockerFacts = {
  cgroupVersion: 2,
  desktop: false,
  platform: "linux",
  networks: [],
  busyPorts: [],
  containers: [],
};

test("every cluster server mounts one and the same volume for shared data, the repository server does not", async () => {
  const plan = planWith();
  const fleet = planContainerFleet(plan, facts);
  const resources = await record(() => {
    new ContainerFleet("fleet", { plan, fleet }, {});
  });
  const shared = resources.filter(({ name }) => name === "fleet-shared-data");
  expect(shared.map(({ inputs }) => inputs["name"])).toEqual(["p-hive.example-shared"]);
  const folders = (server: Recorded | undefined): unknown[] =>
    (server?.inputs["volumes"] as { volumeName: string; containerPath: string }[]).map(
      ({ volumeName, containerPath }) => `${volumeName}:${containerPath}`,
    );
  const servers = resources.filter(({ type }) => type === "docker:index/container:Container");
  expect(servers).toHaveLength(4);
  for (const [index, server] of servers.entries()) {
    expect(folders(server)).toEqual([
      `p-hive${index}.hive.example-docker:/var/lib/docker`,
      ...(index < 3 ? ["p-hive.example-shared:/var/lib/hive-shared"] : []),
    ]);
  }
});

test("what the site's transform wants of a server reaches its container, and no other one", async () => {
  const plan = planWith({
    site: {
      ...smallSite,
      transform: {
        server: (server, { name }) =>
          name !== "hive0"
            ? server
            : {
                ...server,
                labels: { ...server.labels, owner: "anna" },
                tmpfs: { ...server.tmpfs, "/scratch": "rw" },
                memory: "2GiB",
                cpus: 1.5,
                sharedMemory: "128MiB",
                devices: [{ source: "/dev/fuse" }],
                mounts: [{ source: "/srv/mirror", target: "/srv/mirror", readOnly: true }],
                environment: { TZ: "Asia/Tokyo" },
                sysctls: { "net.core.somaxconn": "1024" },
                ulimits: { nofile: { soft: 1024, hard: 65536 } },
                logging: { driver: "json-file", options: { "max-size": "10m" } },
                dns: { servers: ["192.0.2.53"] },
              },
      },
    },
  });
  const fleet = planContainerFleet(plan, facts);
  const resources = await record(() => {
    new ContainerFleet("fleet", { plan, fleet }, {});
  });
  const inputsOf = (name: string) => resources.find((each) => each.name === name)?.inputs ?? {};
  expect(inputsOf("fleet-hive0")).toMatchObject({
    tmpfs: { "/run": "rw,exec,mode=755", "/tmp": "rw,exec,mode=1777", "/scratch": "rw" },
    memory: 2048,
    memorySwap: 2048,
    cpus: "1.5",
    shmSize: 128,
    devices: [{ hostPath: "/dev/fuse", containerPath: "/dev/fuse", permissions: "rwm" }],
    mounts: [{ type: "bind", source: "/srv/mirror", target: "/srv/mirror", readOnly: true }],
    envs: ["TZ=Asia/Tokyo"],
    sysctls: { "net.core.somaxconn": "1024" },
    ulimits: [{ name: "nofile", soft: 1024, hard: 65536 }],
    logDriver: "json-file",
    logOpts: { "max-size": "10m" },
    dns: ["192.0.2.53"],
  });
  expect(inputsOf("fleet-hive0")["labels"]).toEqual([
    { label: "hive.site", value: "hive.example" },
    { label: "hive.stage", value: "private" },
    { label: "hive.host", value: "p-hive0.hive.example" },
    { label: "owner", value: "anna" },
    { label: "hive.server-settings", value: fleet.servers[0]?.settings },
    { label: "hive.server-image", value: expect.stringMatching(/./) as string },
  ]);
  const untouched = inputsOf("fleet-hive1");
  const { memory, cpus, devices, envs, tmpfs } = untouched;
  expect({ memory, cpus, devices, envs, tmpfs }).toEqual({
    tmpfs: { "/run": "rw,exec,mode=755", "/tmp": "rw,exec,mode=1777" },
  });
  expect((untouched["labels"] as { label: string }[]).map(({ label }) => label)).toEqual([
    "hive.site",
    "hive.stage",
    "hive.host",
    "hive.server-image",
  ]);
});

test("the private stage has nothing of AWS", async () => {
  const plan = planWith();
  const resources = await record(() => {
    new ContainerFleet("fleet", { plan, fleet: planContainerFleet(plan, facts) }, {});
  });
  expect(resources.length).toBeGreaterThan(5);
  expect(resources.filter(({ type }) => /^(pulumi:providers:)?aws(:|$)/.test(type))).toEqual([]);
});
