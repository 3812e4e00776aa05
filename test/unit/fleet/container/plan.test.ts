import fc from "fast-check";
import type { DockerContainer, DockerFacts } from "../../../../fleet/container/docker-facts";
import { networkName } from "../../../../fleet/container/names";
import { planContainerFleet } from "../../../../fleet/container/plan";
import { loopbackPort, loopbackPorts } from "../../../../fleet/container/ports";
import { memberContainers } from "../../../../fleet/container/replacement";
import type { Plan } from "../../../../model/plan";
import type { Size } from "../../../../model/values/size";
import { planWith, smallSite } from "../../model/plans";

const linux: DockerFacts = {
  cgroupVersion: 2,
  desktop: false,
  platform: "linux",
  networks: [{ name: "bridge", id: "1", labels: {}, cidrs: ["172.17.0.0/16", "fd00::/80"] }],
  busyPorts: [],
  containers: [],
};

const own = { "hive.site": "hive.example", "hive.stage": "private" };

function loopbackPlan(ports: readonly `${number}`[] = ["80"]): Plan {
  return planWith({
    raw: { "hive:container": '{"access":"loopback"}' },
    site: {
      ...smallSite,
      services: { web: { image: "docker.io/library/nginx", mode: "global", ports } },
    },
  });
}

describe("how servers are reached", () => {
  test.each([
    ["auto", "linux", false, "direct"],
    ["auto", "linux", true, "loopback"],
    ["auto", "darwin", true, "loopback"],
    ["auto", "darwin", false, "loopback"],
    ["auto", "win32", false, "loopback"],
    ["loopback", "linux", false, "loopback"],
    ["direct", "darwin", true, "direct"],
  ] as const)("%s on %s (Docker Desktop: %s): %s", (wanted, platform, desktop, access) => {
    const plan = planWith({ raw: { "hive:container": JSON.stringify({ access: wanted }) } });
    expect(planContainerFleet(plan, { ...linux, platform, desktop }).access).toBe(access);
  });

  test("directly: by private addresses, and nothing is published on this computer", () => {
    const { servers } = planContainerFleet(planWith(), linux);
    expect(servers[1]).toMatchObject({
      containerName: "p-hive1.hive.example",
      volumeName: "p-hive1.hive.example-docker",
      ssh: { address: "172.29.16.5", port: 22 },
      published: [],
    });
  });

  test("through loopback: SSH and the services' ports, each server in its own thousand", () => {
    const { servers } = planContainerFleet(loopbackPlan(["80", "8080"]), linux);
    expect(servers[1]).toMatchObject({
      ssh: { address: "127.0.0.1", port: 21022 },
      published: [
        { hostAddress: "127.0.0.1", hostPort: 21022, containerPort: 22, protocol: "tcp" },
        { hostAddress: "127.0.0.1", hostPort: 21080, containerPort: 80, protocol: "tcp" },
        { hostAddress: "127.0.0.1", hostPort: 29080, containerPort: 8080, protocol: "tcp" },
      ],
    });
  });

  test("the repository server has SSH and no services", () => {
    const { servers } = planContainerFleet(loopbackPlan(), linux);
    expect(servers[3]).toMatchObject({ ssh: { port: 23022 } });
    expect(servers[3]?.published).toHaveLength(1);
  });

  test("the ports to look at are those that may be published", () => {
    expect(loopbackPorts(loopbackPlan())).toEqual([
      20022, 20080, 21022, 21080, 22022, 22080, 23022,
    ]);
    expect(loopbackPorts(planWith())).toHaveLength(7);
    expect(loopbackPorts(planWith({ raw: { "hive:container": '{"access":"direct"}' } }))).toEqual(
      [],
    );
  });

  test("the ports of two servers never meet, and stay in the range of ports", () => {
    const index = fc.nat(7);
    const port = fc.integer({ min: 1, max: 65535 });
    fc.assert(
      fc.property(
        fc.integer({ min: 1024, max: 49000 }),
        index,
        index,
        port,
        port,
        (base, i, j, p, q) => {
          fc.pre(i !== j);
          expect(loopbackPort(base, i, p)).not.toBe(loopbackPort(base, j, q));
          expect(loopbackPort(base, i, p)).toBeGreaterThanOrEqual(base);
          expect(loopbackPort(base, i, p)).toBeLessThanOrEqual(65535);
        },
      ),
    );
  });

  test("two ports of one server that fall on one are refused", () => {
    const plan = loopbackPlan(["8080", "9080"]);
    expect(() => planContainerFleet(plan, linux)).toThrow(
      /hive:container\.access[^]*the ports 8080 and 9080 of p-hive0\.hive\.example both map to 127\.0\.0\.1:28080[^]*e\.g\. 9081/,
    );
    const direct = planWith({ raw: { "hive:container": '{"access":"direct"}' } });
    expect(planContainerFleet({ ...direct, services: plan.services }, linux).access).toBe("direct");
  });
});

describe("control groups", () => {
  test("version 1: systemd sees the computer's hierarchy", () => {
    expect(planContainerFleet(planWith(), { ...linux, cgroupVersion: 1 }).cgroup).toEqual({
      mounts: ["/sys/fs/cgroup"],
      cgroupnsMode: "host",
    });
  });

  test("version 2: each server has a namespace of its own", () => {
    expect(planContainerFleet(planWith(), linux).cgroup).toEqual({
      mounts: [],
      cgroupnsMode: "private",
    });
  });
});

describe("what stands in the way", () => {
  const foreign = { name: "shop_default", id: "2", labels: {}, cidrs: ["172.29.0.0/16"] };

  test("a network of this computer that overlaps, with a free one to write instead", () => {
    const facts = {
      ...linux,
      networks: [
        ...linux.networks,
        foreign,
        { name: "other", id: "3", labels: {}, cidrs: ["172.31.16.0/20"] },
      ],
    };
    expect(() => planContainerFleet(planWith(), facts)).toThrow(
      /Pulumi\.private\.yaml: hive:cidr\n[^]*overlaps the Docker network "shop_default" \(172\.29\.0\.0\/16\)[^]*e\.g\. 172\.30\.16\.0\/24[^]*docker network rm shop_default/,
    );
  });

  test("our own network does not: it stays, or is replaced when its CIDR has changed", () => {
    const network = { ...foreign, name: "p-hive.example", labels: own };
    expect(planContainerFleet(planWith(), { ...linux, networks: [network] }).networkName).toBe(
      "p-hive.example",
    );
  });

  test("a network or a container of another that has our name", () => {
    const facts = {
      ...linux,
      networks: [
        {
          name: "p-hive.example",
          id: "2",
          labels: { "hive.stage": "private" },
          cidrs: ["10.1.0.0/24"],
        },
      ],
      containers: [{ name: "p-hive2.hive.example", id: "3", running: true, labels: {} }],
    };
    expect(() => planContainerFleet(planWith(), facts)).toThrow(
      /2 problems found[^]*docker network rm p-hive\.example[^]*docker rm --force p-hive2\.hive\.example/,
    );
  });

  test("a loopback port that another program or container holds, in any way that meets 127.0.0.1", () => {
    const facts = {
      ...linux,
      busyPorts: [
        { address: "0.0.0.0", port: 20080 },
        { address: "127.0.0.1", port: 21022, holder: "shop" },
        { address: "192.168.1.2", port: 22080 },
      ],
    };
    expect(() => planContainerFleet(loopbackPlan(), facts)).toThrow(
      /2 problems found[^]*hive:container\.loopbackPortBase[^]*port 20080 of 0\.0\.0\.0 is used by another program[^]*port 21022 of 127\.0\.0\.1 is used by the container shop[^]*another base, e\.g\. 40000/,
    );
    expect(planContainerFleet(planWith(), facts).access).toBe("direct");
  });

  test("a loopback port that one of our own servers holds does not", () => {
    const facts = {
      ...linux,
      busyPorts: [{ address: "127.0.0.1", port: 20080, holder: "p-hive0.hive.example" }],
      containers: [{ name: "p-hive0.hive.example", id: "1", running: true, labels: own }],
    };
    expect(planContainerFleet(loopbackPlan(), facts).servers).toHaveLength(4);
  });
});

test("the volume that all cluster servers share is named like the network, with or without replicated volumes", () => {
  expect(planContainerFleet(planWith(), linux).sharedVolumeName).toBe("p-hive.example-shared");
});

test("the network is named by stage and site", () => {
  expect(networkName(planWith({ stage: "staging" }))).toBe("s-hive.example");
  expect(networkName(planWith({ stage: "production" }))).toBe("hive.example");
});

describe("a stage whose servers were made from another server image", () => {
  const serverOf = (index: number, image: string, running = true): DockerContainer => ({
    name: `p-hive${index}.hive.example`,
    id: String(index),
    running,
    labels: { "hive.site": "hive.example", "hive.stage": "private", "hive.server-image": image },
  });
  const factsWith = (...containers: readonly DockerContainer[]): DockerFacts => ({
    ...linux,
    serverImage: "new",
    containers,
  });
  const all = (image: string): DockerContainer[] =>
    [0, 1, 2, 3].map((index) => serverOf(index, image));

  test("gets new servers one after the other; a new stage, and one that is as wanted, all at once", () => {
    const oneByOne = (...containers: readonly DockerContainer[]): boolean =>
      planContainerFleet(planWith(), factsWith(...containers)).oneByOne;
    expect(oneByOne()).toBe(false);
    expect(oneByOne(...all("new"))).toBe(false);
    expect(oneByOne(...all("old"))).toBe(true);
    expect(oneByOne(...all("new").slice(0, 3), serverOf(3, "old"))).toBe(true);
    const withoutLabel = { "hive.site": "hive.example", "hive.stage": "private" };
    expect(oneByOne(...all("new").map((server) => ({ ...server, labels: withoutLabel })))).toBe(
      true,
    );
  });

  test("knows the containers of managers, which are asked for in the Swarm before", () => {
    expect(
      memberContainers(planWith(), factsWith(...all("old"))).map(({ name, id }) => `${name} ${id}`),
    ).toEqual(["p-hive0.hive.example 0", "p-hive1.hive.example 1", "p-hive2.hive.example 2"]);
  });

  test("is refused while a manager does not run or is missing, with what to do", () => {
    const [hive0, , hive2, hive3] = all("old") as [
      DockerContainer,
      DockerContainer,
      DockerContainer,
      DockerContainer,
    ];
    const stopped = factsWith(hive0, serverOf(1, "old", false), hive2, hive3);
    expect(() => planContainerFleet(planWith(), stopped)).toThrow(
      /hive:fleet[^]*p-hive1\.hive\.example does not run[^]*docker start p-hive1\.hive\.example/,
    );
    expect(() => planContainerFleet(planWith(), factsWith(hive0, hive2, hive3))).toThrow(
      /p-hive1\.hive\.example is missing[^]*with the release of hive that the stage was last run with/,
    );
    const repositoryStopped = factsWith(...all("old").slice(0, 3), serverOf(3, "old", false));
    expect(planContainerFleet(planWith(), repositoryStopped).oneByOne).toBe(true);
    // Nothing is replaced: the stopped one is started by the run itself.
    const same = factsWith(...all("new").slice(1), serverOf(0, "new", false));
    expect(planContainerFleet(planWith(), same).oneByOne).toBe(false);
  });

  test("gets new servers one after the other, too, where the site's transform wants them otherwise", () => {
    const withMemory = (memory: Size): Plan =>
      planWith({
        site: {
          ...smallSite,
          transform: {
            server: (server, { name }) => (name === "hive1" ? { ...server, memory } : server),
          },
        },
      });
    const wanted = planContainerFleet(withMemory("2GiB"), linux);
    expect(wanted.oneByOne).toBe(false);
    expect(wanted.servers.map(({ settings }) => settings !== undefined)).toEqual([
      false,
      true,
      false,
      false,
    ]);
    const marked = all("new").map((server, index) => ({
      ...server,
      labels: {
        ...server.labels,
        ...(index === 1 ? { "hive.server-settings": wanted.servers[1]?.settings ?? "" } : {}),
      },
    }));
    const replaces = (plan: Plan, ...containers: readonly DockerContainer[]): boolean =>
      planContainerFleet(plan, factsWith(...containers)).oneByOne;
    expect(replaces(withMemory("2GiB"), ...all("new"))).toBe(true);
    expect(replaces(withMemory("2GiB"), ...marked)).toBe(false);
    expect(replaces(withMemory("3GiB"), ...marked)).toBe(true);
    // And back to what hive makes.
    expect(replaces(planWith(), ...marked)).toBe(true);
    // A replaced server that does not start with what the transform wants stops nobody from taking
    // that back.
    const broken = marked.map((server, index) => ({ ...server, running: index !== 1 }));
    expect(replaces(planWith(), ...broken)).toBe(true);
    const worse = marked.filter((_, index) => index !== 1);
    expect(replaces(planWith(), ...worse)).toBe(false);
  });

  test("says how to take a transform back with which a server did not start", () => {
    const plan = planWith({
      site: { ...smallSite, transform: { server: (server) => ({ ...server, memory: "2GiB" }) } },
    });
    const [hive0, hive1, hive2, hive3] = all("new");
    const started = [hive1, hive2, hive3].flatMap((server) =>
      server === undefined ? [] : [server],
    );
    expect(() => planContainerFleet(plan, factsWith(...started))).toThrow(
      /p-hive0\.hive\.example is missing[^]*take the last change out of transform\.server/,
    );
    const stopped = { ...(hive0 as DockerContainer), running: false };
    expect(() => planContainerFleet(plan, factsWith(stopped, ...started))).toThrow(
      /docker start p-hive0\.hive\.example\. If they do not start, take the last change out/,
    );
  });
});
