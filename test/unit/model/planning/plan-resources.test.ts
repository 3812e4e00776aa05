import {
  planConfig,
  planOverlay,
  planSecret,
  planVolume,
  swarmNetworkName,
} from "../../../../model/planning/plan-resources";
import { planNotices } from "../../../../model/planning/plan-notices";
import { planService } from "../../../../model/planning/plan-service";
import { planWith, smallSite } from "../plans";
import { image } from "../problems-of";

describe("networks", () => {
  test("default has a name that Docker takes", () => {
    expect(swarmNetworkName("default")).toBe("hive_default");
    expect(swarmNetworkName("back")).toBe("back");
  });

  test("in full", () => {
    expect(planOverlay("default", {}, false)).toEqual({
      name: "default",
      swarmName: "hive_default",
      driver: "overlay",
      driverOptions: {},
      attachable: true,
      internal: false,
    });
    expect(
      planOverlay(
        "back",
        {
          driver: "weave",
          driverOptions: { b: "1", a: "2" },
          subnet: "10.96.0.0/24",
          gateway: "10.96.0.1",
          attachable: false,
          internal: true,
        },
        true,
      ),
    ).toEqual({
      name: "back",
      swarmName: "back",
      driver: "weave",
      driverOptions: { a: "2", b: "1" },
      subnet: "10.96.0.0/24",
      gateway: "10.96.0.1",
      attachable: false,
      internal: true,
    });
  });
});

describe("between servers, networks", () => {
  const aws = { "hive:fleet": "aws" };
  const optionsOf = (changes: Parameters<typeof planWith>[0], network: object = {}) =>
    planWith({ site: { ...smallSite, networks: { default: network } }, ...changes }).overlays.map(
      ({ driverOptions }) => driverOptions,
    );

  test.each([
    ["are not encrypted on containers of one computer", {}, {}],
    ["are encrypted where others are on the way", { raw: aws }, { encrypted: "" }],
    [
      "are not encrypted if the stage says so",
      { raw: { ...aws, "hive:encryptNetworks": "false" } },
      {},
    ],
    ["may be encrypted anywhere", { raw: { "hive:encryptNetworks": "true" } }, { encrypted: "" }],
  ] as const)("%s", (_what, changes, options) => {
    expect(optionsOf(changes)).toEqual([options]);
  });

  test("keep their other options, and those of other drivers are their own", () => {
    const mtu = { "com.docker.network.driver.mtu": "1400" };
    expect(optionsOf({ raw: aws }, { driverOptions: mtu })).toEqual([{ ...mtu, encrypted: "" }]);
    expect(optionsOf({ raw: aws }, { driver: "weave" })).toEqual([{}]);
  });
});

describe("volumes", () => {
  test("that are replicated, on a shared folder", () => {
    expect(planVolume("data", { replicated: { size: "1GiB" } }, "shared")).toMatchObject({
      name: "data",
      kind: "replicated",
      driver: "hive-shared",
      driverOptions: {},
      replication: { backend: "shared", sizeBytes: 2 ** 30, filesystem: "ext4" },
    });
  });

  test("that are replicated by DRBD", () => {
    expect(
      planVolume(
        "data",
        { replicated: { size: "300MiB", filesystem: "xfs", minor: 1234, port: 20_001 } },
        "drbd",
      ),
    ).toEqual({
      name: "data",
      kind: "replicated",
      driver: "local",
      driverOptions: { device: "/dev/drbd1234", type: "xfs" },
      replication: {
        backend: "drbd",
        sizeBytes: 300 * 2 ** 20,
        filesystem: "xfs",
        minor: 1234,
        port: 20_001,
      },
    });
  });

  test("of other kinds", () => {
    expect(planVolume("a", { local: {} }, "shared")).toEqual({
      name: "a",
      kind: "local",
      driver: "local",
      driverOptions: {},
    });
    expect(planVolume("a", { nfs: { server: "nas.example", path: "/export" } }, "drbd")).toEqual({
      name: "a",
      kind: "nfs",
      driver: "local",
      driverOptions: {
        device: ":/export",
        o: "addr=nas.example,nfsvers=4,hard,timeo=600,retrans=2",
        type: "nfs",
      },
    });
    expect(
      planVolume("a", { nfs: { server: "::1", path: "/export", options: "soft" } }, "drbd")
        .driverOptions,
    ).toMatchObject({ o: "addr=::1,soft" });
    expect(
      planVolume("a", { driver: { name: "rexray", options: { b: "1", a: "2" } } }, "drbd"),
    ).toEqual({ name: "a", kind: "driver", driver: "rexray", driverOptions: { a: "2", b: "1" } });
  });
});

test("secrets and configs", () => {
  expect(planSecret("a", { generate: {} })).toEqual({
    name: "a",
    source: { kind: "generated", length: 32, version: 1 },
  });
  expect(planSecret("a", { generate: { length: 64, version: 2 } }).source).toEqual({
    kind: "generated",
    length: 64,
    version: 2,
  });
  expect(planSecret("a", { fromStage: true }).source).toEqual({ kind: "stage" });
  expect(planConfig("a", { file: "site/a" })).toEqual({
    name: "a",
    source: { kind: "file", file: "site/a" },
    template: false,
  });
  expect(planConfig("a", { content: "x", template: true })).toEqual({
    name: "a",
    source: { kind: "content", content: "x" },
    template: true,
  });
});

test("a stage has what its services and images use, and nothing else", () => {
  const plan = planWith({
    site: {
      ...smallSite,
      images: { app: { buildSecrets: ["build"] } },
      networks: { back: {}, unused: {} },
      volumes: { data: { local: {} }, unused: { local: {} }, elsewhere: { local: {} } },
      secrets: {
        build: { generate: {} },
        step: { generate: {} },
        task: { generate: {} },
        unused: { generate: {} },
      },
      configs: { nginx: { content: "x" }, unused: { content: "x" } },
      services: {
        web: {
          image,
          networks: ["back"],
          volumes: [{ source: "data", target: "/data" }],
          secrets: ["task"],
          configs: [{ config: "nginx" }],
          initialize: [{ name: "a", command: ["a"], secrets: ["step"] }],
        },
        other: {
          image,
          availableOn: ["production"],
          volumes: [{ source: "elsewhere", target: "/data" }],
        },
      },
    },
  });
  expect(plan.overlays.map(({ name }) => name)).toEqual(["back"]);
  expect(plan.volumes.map(({ name }) => name)).toEqual(["data"]);
  expect(plan.secrets.map(({ name }) => name)).toEqual(["build", "step", "task"]);
  expect(plan.configs.map(({ name }) => name)).toEqual(["nginx"]);
});

test("what cannot be had is said, one sentence each", () => {
  const service = planService(
    "db",
    {
      image,
      backups: [{ name: "dump", command: ["a"], restore: ["b"] }],
      logMonitoring: { alert: ["ERROR"] },
    },
    { hosts: {}, replicatedVolumes: new Set() },
  );
  const volumes = [
    planVolume("data", { replicated: { size: "1GiB" } }, "drbd"),
    planVolume("shared", { replicated: { size: "1GiB" } }, "shared"),
    planVolume("local", { local: {} }, "drbd"),
  ];
  expect(planNotices([service], volumes, [], [], undefined)).toEqual([
    "The volume data needs replication with DRBD, which this version of hive does not set up: it cannot be mounted.",
    "The service db asks for backups (dump), which this version of hive does not take.",
    "The service db asks for its log to be monitored, which this version of hive does not do.",
  ]);
  expect(planWith().notices).toEqual([]);
});

test("one service that lifts the protection of all is named", () => {
  const noticesOf = (...services: readonly object[]) =>
    planWith({
      site: {
        name: "hive.example",
        services: Object.fromEntries(
          services.map((service, index) => [`s${index}`, { image, ...service }]),
        ),
      },
    }).notices;
  const text =
    "Programs of all services may gain privileges (setuid), because those of s0 may: a Docker Engine allows it to all or to none.";
  expect(noticesOf({ newPrivileges: true }, {})).toEqual([text]);
  expect(noticesOf({ standalone: true, rootOnServers: true }, {})).toEqual([text]);
  expect(noticesOf({ newPrivileges: true })).toEqual([]);
  expect(noticesOf({ newPrivileges: false }, {})).toEqual([]);
});

describe("data that stay where they are", () => {
  const local = { local: {} };
  const noticesOf = (
    service: Record<string, unknown>,
    kind: Record<string, unknown> = { local: {} },
  ) =>
    planWith({
      site: {
        name: "hive.example",
        volumes: { data: kind } as never,
        services: {
          db: { image, volumes: [{ source: "data", target: "/data" }], ...service },
        },
      },
    }).notices;
  const pinned = (constraint: string): Record<string, unknown> => ({
    placement: { constraints: [constraint] },
  });

  test.each<[string, Record<string, unknown>]>([
    ["one task, anywhere", {}],
    ["two tasks", { mode: { replicas: 2 } }],
    ["a job", { mode: { job: {} } }],
    ["two servers left", pinned("node.hostname != p-hive0.hive.example")],
    ["a role that all have", pinned("node.role == manager")],
  ])("are told: %s", (_, service) => {
    const told = [
      "The service db keeps data on the volume data, which is separate on each server: a task that moves to another server finds an " +
        'empty one there. Make the volume replicated, or pin the service, e.g. placement: { constraints: ["node.hostname == p-hive0.hive.example"] }.',
    ];
    expect(noticesOf(service)).toEqual(told);
    // The same by its driver's name.
    expect(noticesOf(service, { driver: { name: "local" } })).toEqual(told);
    expect(noticesOf(service, { driver: { name: "local", options: { o: "size=1g" } } })).toEqual(
      told,
    );
  });

  test.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ["a task on every server", { mode: "global" }, local],
    [
      "as many as have room",
      { mode: { replicas: 3 }, placement: { maxReplicasPerHost: 1 } },
      local,
    ],
    [
      "as many as have room on the servers that constraints leave",
      {
        mode: { replicas: 2 },
        placement: {
          maxReplicasPerHost: 1,
          constraints: ["node.hostname != p-hive0.hive.example"],
        },
      },
      local,
    ],
    ["switched off", { mode: { replicas: 0 } }, local],
    ["one server", pinned("node.hostname == p-hive1.hive.example"), local],
    ["one zone with one server", pinned("node.labels.hive.zone == zone-b"), local],
    ["a label of an engine", pinned("engine.labels.data == true"), local],
    ["a replicated volume", {}, { replicated: { size: "1GiB" } }],
    ["a share", {}, { nfs: { server: "nas.example", path: "/export" } }],
    [
      "a share by its driver's name",
      {},
      {
        driver: {
          name: "local",
          options: { type: "cifs", device: "//nas.example/data", o: "guest" },
        },
      },
    ],
    ["a plugin", {}, { driver: { name: "rexray" } }],
  ])("are not: %s", (_, service, kind) => {
    expect(noticesOf(service, kind)).toEqual([]);
  });
});
