import { planSite } from "../../../../model/plan-site";
import { InventoryError } from "../../../../model/problem/problems";
import { parseStage } from "../../../../model/stage/check-stage";
import { defineSite } from "../../../../model/site";
import { volumeDevices } from "../../../../render/volume-devices";
import { smallSite } from "../plans";

const keyOf = (last: number): string => `ssh-ed25519 ${"A".repeat(66)}${last}`;
const server = (last: number, more: object = {}): object => ({
  address: `10.17.16.${last}`,
  hostKey: keyOf(last),
  ...more,
});
const four = { hive0: server(10), hive1: server(11), hive2: server(12), hive3: server(20) };

function stageWith(hosts: object, raw: Readonly<Record<string, string>> = {}) {
  return parseStage("staging", {
    "hive:fleet": "prepared",
    "hive:cidr": "10.17.16.0/24",
    "hive:prepared": JSON.stringify({ hosts }),
    ...raw,
  });
}

function problemsOf(hosts: object, raw: Readonly<Record<string, string>> = {}): readonly string[] {
  try {
    stageWith(hosts, raw);
  } catch (error) {
    if (!(error instanceof InventoryError)) throw error;
    return error.problems.map(({ path, message, remedy }) => `${path} ${message} | ${remedy}`);
  }
  return [];
}

describe("a stage whose servers exist", () => {
  test("an address and a host key are enough; what else a server has can be said", () => {
    const stage = stageWith({
      ...four,
      hive1: server(11, {
        address: "203.0.113.1",
        privateAddress: "10.17.16.11",
        port: 2222,
        zone: "rack-9",
      }),
    });
    const plan = planSite({ stage, site: smallSite });
    expect(plan.hosts[0]).toEqual({
      index: 0,
      name: "s-hive0.hive.example",
      logicalName: "hive0",
      role: "cluster",
      zone: "zone-a",
      labels: {},
      privateAddress: "10.17.16.10",
    });
    expect(plan.hosts[1]).toMatchObject({
      zone: "rack-9",
      privateAddress: "10.17.16.11",
      otherAddresses: ["203.0.113.1"],
      sshPort: 2222,
    });
    expect(plan.hosts[3]).toMatchObject({ role: "repository", privateAddress: "10.17.16.20" });
  });

  test.each<[string, object, Record<string, string>, RegExp]>([
    [
      "without a host key, and is told where it comes from",
      { ...four, hive0: { address: "10.17.16.10" } },
      {},
      /prepared\.hosts\.hive0\.hostKey .*\| .*ssh-keyscan -t ed25519 <address>.*console/,
    ],
    ["with a missing one", { ...four, hive2: undefined }, {}, /prepared\.hosts\.hive2 is missing/],
    ["with one too many", { ...four, hive4: server(14) }, {}, /hosts\.hive4 is not a server/],
    [
      "with one outside of the network",
      { ...four, hive0: { address: "192.0.2.1", hostKey: keyOf(10) } },
      {},
      /hive0\.privateAddress is not inside/,
    ],
    [
      "with two of one address",
      { ...four, hive1: server(10, { hostKey: keyOf(11) }) },
      {},
      /hive1\.privateAddress is also that of hive0/,
    ],
    [
      "with two of one host key, as after a line that was copied",
      { ...four, hive1: server(11, { hostKey: keyOf(10) }) },
      {},
      /hive1\.hostKey is also that of hive0/,
    ],
    [
      "with most of the cluster in one zone",
      { ...four, hive0: server(10, { zone: "rack" }), hive1: server(11, { zone: "rack" }) },
      {},
      /hive:zones puts 2 of 3 cluster servers into the zone rack/,
    ],
    [
      "with a password of no server",
      four,
      { "hive:oneTimePasswords": '{"hive7":"planted"}' },
      /oneTimePasswords\.hive7 is not the password of a server/,
    ],
  ])("refuses a list %s", (_, hosts, raw, problem) => {
    const problems = problemsOf(hosts, raw);
    expect(problems).toEqual([expect.stringMatching(problem)]);
    expect(problems.join()).not.toContain("planted");
  });

  test("needs the list", () => {
    expect(() =>
      parseStage("staging", { "hive:fleet": "prepared", "hive:cidr": "10.17.16.0/24" }),
    ).toThrow(/hive:prepared\n.*is missing/);
  });

  test("takes a password's name into the plan, never its value; other fleets take none", () => {
    const passwords = { "hive:oneTimePasswords": '{"hive0":"planted"}' };
    const plan = planSite({ stage: stageWith(four, passwords), site: smallSite });
    expect(plan.oneTimePasswords).toEqual(["hive0"]);
    expect(JSON.stringify(plan)).not.toContain("planted");
    expect(() =>
      parseStage("private", {
        "hive:fleet": "container",
        "hive:cidr": "172.29.16.0/24",
        ...passwords,
      }),
    ).toThrow(/oneTimePasswords/);
  });
});

describe("a replicated volume where nothing replicates it", () => {
  const idle = { image: { build: "webgate" } } as const;
  const siteOf = (constraints: readonly string[] = [], follower = false) =>
    defineSite({
      name: "hive.example",
      images: { webgate: {} },
      volumes: { data: { replicated: { size: "1GiB" } } },
      services: {
        store: {
          ...idle,
          placement: { constraints: [...constraints] },
          ...(follower ? {} : { volumes: [{ source: "data", target: "/data" }] }),
        },
        ...(follower
          ? {
              reader: {
                ...idle,
                placement: { with: "store" },
                volumes: [{ source: "data", target: "/data" }],
              },
            }
          : {}),
      },
    });
  const device = "/dev/disk/by-id/disk-1";
  const planOf = (...args: Parameters<typeof siteOf>) =>
    planSite({
      stage: stageWith(four, { "hive:labels": '{"hive1":{"disk":"fast"}}' }),
      site: siteOf(...args),
    });
  const constraintsOf = (...args: Parameters<typeof siteOf>) =>
    planOf(...args).services.find(({ name }) => name === "store")?.placement.constraints;

  test("is on one server, to which its service is bound, and the plan says so", () => {
    expect(constraintsOf()).toEqual(["node.hostname==s-hive0.hive.example"]);
    const { volumes, notices } = planOf();
    expect(volumes).toMatchObject([{ name: "data", driver: "local", driverOptions: {} }]);
    expect(notices).toEqual([
      expect.stringMatching(/volume data .*on s-hive0\.hive\.example, and store runs there/),
    ]);
  });

  test("is on the device that this server has for it; only there, and only if it is empty, a file system is made", () => {
    const hosts = { ...four, hive0: server(10, { devices: { data: device } }) };
    const plan = planSite({ stage: stageWith(hosts), site: siteOf() });
    expect(plan.volumes[0]?.driverOptions).toEqual({ device, type: "ext4" });
    const [first, second] = plan.hosts.map((host) => volumeDevices(plan, host).keeps);
    expect(first).toHaveLength(1);
    expect(first?.[0]?.make).toContain(`mkfs.ext4 -q ${device}`);
    expect(second).toEqual([]);
  });

  test("refuses a device for a volume that the site does not have", () => {
    const hosts = { ...four, hive0: server(10, { devices: { dta: device } }) };
    expect(() => planSite({ stage: stageWith(hosts), site: siteOf() })).toThrow(
      /hosts\.hive0\.devices\.dta\n[^]*did you mean data/,
    );
  });

  test("the service's own constraints choose the server, also where they leave one only", () => {
    expect(constraintsOf(["node.hostname!=s-hive0.hive.example"])).toEqual([
      "node.hostname!=s-hive0.hive.example",
      "node.hostname==s-hive1.hive.example",
    ]);
    const own = ["node.labels.disk==fast"];
    expect(constraintsOf(own)).toEqual(own);
  });

  test("of a service that follows another one, the other one is bound", () => {
    expect(constraintsOf([], true)).toEqual(["node.hostname==s-hive0.hive.example"]);
  });
});
