import type { Service } from "../../../../model/inventory";
import { planService } from "../../../../model/planning/plan-service";
import type { ServicePlan } from "../../../../model/plan";
import { planWith } from "../plans";
import { image } from "../problems-of";

const context = {
  hosts: { "p-hive1.hive.example": "172.29.16.5", "p-hive0.hive.example": "172.29.16.4" },
  replicatedVolumes: new Set(["data"]),
};

function planned(service: Partial<Service> = {}): ServicePlan {
  return planService("web", { image, ...service }, context);
}

test("an image is enough; every default is written out", () => {
  expect(planned()).toMatchInlineSnapshot(`
    {
      "backups": [],
      "capabilities": {
        "add": [],
        "drop": [],
      },
      "configs": [],
      "containerLabels": {},
      "dependsOn": [],
      "dns": {
        "options": [],
        "search": [],
        "servers": [],
      },
      "endpointMode": "vip",
      "environment": {},
      "groups": [],
      "hosts": {
        "p-hive0.hive.example": "172.29.16.4",
        "p-hive1.hive.example": "172.29.16.5",
      },
      "image": {
        "kind": "reference",
        "reference": "docker.io/library/nginx@sha256:0000000000000000000000000000000000000000000000000000000000000000",
      },
      "init": false,
      "initialize": [],
      "labels": {},
      "mode": {
        "kind": "replicated",
        "replicas": 1,
      },
      "mounts": [],
      "name": "web",
      "networks": [
        {
          "aliases": [],
          "network": "default",
        },
      ],
      "placement": {
        "constraints": [],
        "maxReplicasPerHost": 0,
        "spread": [],
      },
      "ports": [],
      "readOnly": false,
      "resources": {
        "limits": {},
        "reservations": {},
      },
      "restart": {
        "condition": "any",
        "delaySeconds": 1,
        "maxAttempts": 0,
        "windowSeconds": 0,
      },
      "rollback": {
        "delaySeconds": 0,
        "maxFailureRatio": 0,
        "monitorSeconds": 5,
        "onFailure": "pause",
        "order": "start-first",
        "parallelism": 1,
      },
      "secrets": [],
      "standalone": false,
      "stopGracePeriodSeconds": 10,
      "sysctls": {},
      "tty": false,
      "ulimits": [],
      "update": {
        "delaySeconds": 0,
        "maxFailureRatio": 0,
        "monitorSeconds": 5,
        "onFailure": "rollback",
        "order": "start-first",
        "parallelism": 1,
      },
    }
  `);
});

test("everything that can be said, in its normal form", () => {
  expect(
    planned({
      image: { build: "app" },
      dependsOn: ["ldap", "am"],
      mode: { replicas: 2 },
      entrypoint: ["/init"],
      command: ["-v", "-a"],
      environment: { B: "2", A: "1" },
      ports: [{ target: 53, published: 5353, protocol: "udp", mode: "ingress" }, "80"],
      endpointMode: "vip",
      networks: ["front", { name: "back", aliases: ["www", "db"] }],
      volumes: [{ source: "/srv/data/", target: "/srv/", readOnly: true }],
      tmpfs: [{ target: "/cache", size: "64MiB", mode: "700" }],
      secrets: ["token", { secret: "key", target: "/etc/key", uid: 33, gid: 33, mode: "400" }],
      configs: [{ config: "nginx" }, { config: "hosts", target: "/etc/hosts2", mode: "0640" }],
      hostname: "{{.Node.Hostname}}",
      hosts: { "mail.example": "192.0.2.1" },
      dns: { servers: ["192.0.2.53", "192.0.2.54"], search: ["b", "a"], options: ["ndots:1"] },
      labels: { tier: "b", app: "a" },
      containerLabels: { x: "y" },
      placement: {
        constraints: ["node.labels.b == 1", "node.labels.a == 1"],
        spread: ["node.labels.hive.zone", "node.labels.disk"],
        maxReplicasPerHost: 1,
      },
      healthcheck: { command: ["true"] },
      restart: { condition: "on-failure", delay: "5s", maxAttempts: 3, window: "1m" },
      update: { parallelism: 2, delay: "10s", monitor: "30s", maxFailureRatio: 0.5 },
      rollback: { parallelism: 0, onFailure: "continue" },
      stopGracePeriod: "2m",
      stopSignal: "SIGQUIT",
      user: "web:web",
      groups: ["video", "audio"],
      workingDirectory: "/srv",
      capabilities: { add: ["CAP_SYS_TIME", "net_admin"], drop: ["ALL"] },
      sysctls: { "net.b": "1", "net.a": "2" },
      ulimits: { nproc: { soft: 1, hard: 2 }, nofile: { soft: 3, hard: 4 } },
      init: true,
      readOnly: true,
      tty: true,
      resources: {
        limits: { cpus: 1.5, memory: "1.5GiB", pids: 100 },
        reservations: { cpus: 0.25, memory: "256MiB" },
      },
      logging: { driver: "journald", options: { tag: "x", labels: "y" } },
      initialize: [
        {
          name: "load",
          script: "site/load.sh",
          secrets: ["token", "key"],
          input: "site/data.ldif",
        },
        {
          name: "index",
          command: ["index"],
          unless: ["test", "-e", "/data/index"],
          user: "root",
          deadline: "1h",
        },
      ],

      backups: [
        { name: "b", command: ["dump"], restore: ["restore"], keepDays: 3 },
        { name: "a", command: ["dump"], restore: ["restore"] },
      ],

      logMonitoring: { alert: ["ERROR"], ignore: ["harmless"] },
    }),
  ).toMatchInlineSnapshot(`
    {
      "backups": [
        {
          "command": [
            "dump",
          ],
          "keepDays": 14,
          "name": "a",
          "restore": [
            "restore",
          ],
        },
        {
          "command": [
            "dump",
          ],
          "keepDays": 3,
          "name": "b",
          "restore": [
            "restore",
          ],
        },
      ],
      "capabilities": {
        "add": [
          "NET_ADMIN",
          "SYS_TIME",
        ],
        "drop": [
          "ALL",
        ],
      },
      "command": [
        "-v",
        "-a",
      ],
      "configs": [
        {
          "gid": 0,
          "mode": "0640",
          "name": "hosts",
          "target": "/etc/hosts2",
          "uid": 0,
        },
        {
          "gid": 0,
          "mode": "0444",
          "name": "nginx",
          "target": "/nginx",
          "uid": 0,
        },
      ],
      "containerLabels": {
        "x": "y",
      },
      "dependsOn": [
        "am",
        "ldap",
      ],
      "dns": {
        "options": [
          "ndots:1",
        ],
        "search": [
          "b",
          "a",
        ],
        "servers": [
          "192.0.2.53",
          "192.0.2.54",
        ],
      },
      "endpointMode": "vip",
      "entrypoint": [
        "/init",
      ],
      "environment": {
        "A": "1",
        "B": "2",
      },
      "groups": [
        "audio",
        "video",
      ],
      "healthcheck": {
        "command": [
          "true",
        ],
        "intervalSeconds": 10,
        "retries": 3,
        "startPeriodSeconds": 0,
        "timeoutSeconds": 5,
      },
      "hostname": "{{.Node.Hostname}}",
      "hosts": {
        "mail.example": "192.0.2.1",
        "p-hive0.hive.example": "172.29.16.4",
        "p-hive1.hive.example": "172.29.16.5",
      },
      "image": {
        "image": "app",
        "kind": "build",
      },
      "init": true,
      "initialize": [
        {
          "deadlineSeconds": 300,
          "input": "site/data.ldif",
          "name": "load",
          "run": {
            "file": "site/load.sh",
            "interpreter": [
              "sh",
              "-c",
            ],
            "kind": "script",
          },
          "secrets": [
            "token",
            "key",
          ],
        },
        {
          "deadlineSeconds": 3600,
          "name": "index",
          "run": {
            "command": [
              "index",
            ],
            "kind": "command",
          },
          "secrets": [],
          "unless": [
            "test",
            "-e",
            "/data/index",
          ],
          "user": "root",
        },
      ],
      "labels": {
        "app": "a",
        "tier": "b",
      },
      "logMonitoring": {
        "alert": [
          "ERROR",
        ],
        "ignore": [
          "harmless",
        ],
      },
      "logging": {
        "driver": "journald",
        "options": {
          "labels": "y",
          "tag": "x",
        },
      },
      "mode": {
        "kind": "replicated",
        "replicas": 2,
      },
      "mounts": [
        {
          "kind": "tmpfs",
          "mode": "0700",
          "sizeBytes": 67108864,
          "target": "/cache",
        },
        {
          "kind": "bind",
          "readOnly": true,
          "source": "/srv/data",
          "target": "/srv",
        },
      ],
      "name": "web",
      "networks": [
        {
          "aliases": [
            "db",
            "www",
          ],
          "network": "back",
        },
        {
          "aliases": [],
          "network": "front",
        },
      ],
      "placement": {
        "constraints": [
          "node.labels.a == 1",
          "node.labels.b == 1",
        ],
        "maxReplicasPerHost": 1,
        "spread": [
          "node.labels.hive.zone",
          "node.labels.disk",
        ],
      },
      "ports": [
        {
          "mode": "ingress",
          "protocol": "tcp",
          "published": 80,
          "target": 80,
        },
        {
          "mode": "ingress",
          "protocol": "udp",
          "published": 5353,
          "target": 53,
        },
      ],
      "readOnly": true,
      "resources": {
        "limits": {
          "cpus": 1.5,
          "memoryBytes": 1610612736,
          "pids": 100,
        },
        "reservations": {
          "cpus": 0.25,
          "memoryBytes": 268435456,
        },
      },
      "restart": {
        "condition": "on-failure",
        "delaySeconds": 5,
        "maxAttempts": 3,
        "windowSeconds": 60,
      },
      "rollback": {
        "delaySeconds": 10,
        "maxFailureRatio": 0.5,
        "monitorSeconds": 30,
        "onFailure": "continue",
        "order": "stop-first",
        "parallelism": 0,
      },
      "secrets": [
        {
          "gid": 33,
          "mode": "0400",
          "name": "key",
          "target": "/etc/key",
          "uid": 33,
        },
        {
          "gid": 0,
          "mode": "0444",
          "name": "token",
          "target": "token",
          "uid": 0,
        },
      ],
      "standalone": false,
      "stopGracePeriodSeconds": 120,
      "stopSignal": "SIGQUIT",
      "sysctls": {
        "net.a": "2",
        "net.b": "1",
      },
      "tty": true,
      "ulimits": [
        {
          "hard": 4,
          "name": "nofile",
          "soft": 3,
        },
        {
          "hard": 2,
          "name": "nproc",
          "soft": 1,
        },
      ],
      "update": {
        "delaySeconds": 10,
        "maxFailureRatio": 0.5,
        "monitorSeconds": 30,
        "onFailure": "rollback",
        "order": "stop-first",
        "parallelism": 2,
      },
      "user": "web:web",
      "workingDirectory": "/srv",
    }
  `);
});

describe("the old task is stopped first", () => {
  const order = (service: Partial<Service>): string => planned(service).update.order;

  test.each<[string, Partial<Service>, string]>([
    [
      "where it holds a port of the server",
      { ports: [{ target: 80, mode: "host" }] },
      "stop-first",
    ],
    ["where a global service publishes", { mode: "global", ports: ["80"] }, "stop-first"],
    ["where it writes to a volume", { volumes: [{ source: "data", target: "/d" }] }, "stop-first"],
    ["not in the routing mesh", { ports: ["80"] }, "start-first"],
    [
      "not where it only reads",
      { volumes: [{ source: "cache", target: "/d", readOnly: true }] },
      "start-first",
    ],
    [
      "not for a folder of the server",
      { volumes: [{ source: "/srv", target: "/d" }] },
      "start-first",
    ],
    [
      "where a lost server leaves no place for one more",
      { mode: { replicas: 2 }, placement: { maxReplicasPerHost: 1 } },
      "stop-first",
    ],
    [
      "not where it leaves one",
      { mode: { replicas: 3 }, placement: { maxReplicasPerHost: 2 } },
      "start-first",
    ],
    ["where the service says so", { update: { order: "stop-first" } }, "stop-first"],
  ])("%s", (_, service, wanted) => {
    expect(order(service)).toBe(wanted);
    expect(planned(service).rollback.order).toBe(wanted);
  });
});

test.each([
  [1, ["node.labels.hive.zone == zone-a"], "stop-first"],
  [2, ["node.labels.hive.zone == zone-a"], "start-first"],
  [1, ["node.labels.hive.zone != zone-a"], "stop-first"],
  [1, ["engine.labels.disk == ssd"], "start-first"],
])("one task, %i at most on a server, under %j: %s", (maxReplicasPerHost, constraints, order) => {
  const web = { image, placement: { maxReplicasPerHost, constraints } };
  const { services } = planWith({ site: { name: "hive.example", services: { web } } });
  expect(services[0]?.update.order).toBe(order);
});

test("a roll-back goes as the update did, and stops where it fails", () => {
  const update = { parallelism: 2, delay: "10s", monitor: "30s" } as const;
  expect(planned({ update }).rollback).toEqual({
    ...planned({ update }).update,
    onFailure: "pause",
  });
});

describe("a task that ended is started again", () => {
  test("at once where data wait for it", () => {
    expect(planned({ volumes: [{ source: "data", target: "/d" }] }).restart.delaySeconds).toBe(0);
    expect(planned({ volumes: [{ source: "cache", target: "/d" }] }).restart.delaySeconds).toBe(1);
  });

  test("as often as a job says", () => {
    const restart = { delay: "5s" } as const;
    expect(planned({ mode: { job: {} }, restart }).restart).toEqual({
      condition: "none",
      delaySeconds: 5,
      maxAttempts: 0,
      windowSeconds: 0,
    });
    expect(planned({ mode: { job: { retries: 3 } } }).restart).toMatchObject({
      condition: "on-failure",
      maxAttempts: 3,
    });
    expect(planned({ mode: { job: { schedule: " 0  3 * * * ", retries: 1 } } }).mode).toEqual({
      kind: "job",
      schedule: "0 3 * * *",
      retries: 1,
    });
  });
});

test("an image's own health check can be switched off", () => {
  expect(planned({ healthcheck: "none" }).healthcheck?.command).toEqual([]);
  expect(planned()).not.toHaveProperty("healthcheck");
});

describe("a systemd container", () => {
  test("has what systemd needs, beside what the service says", () => {
    const { capabilities, environment, mounts, stopSignal } = planned({
      standalone: true,
      volumes: [{ source: "data", target: "/data" }],
      capabilities: { add: ["SYS_TIME"] },
      environment: { A: "1" },
    });
    expect(mounts).toEqual([
      { kind: "volume", volume: "data", target: "/data", readOnly: false },
      { kind: "tmpfs", target: "/run", mode: "0755" },
      { kind: "tmpfs", target: "/run/lock", mode: "1777" },
      { kind: "bind", source: "/sys/fs/cgroup", target: "/sys/fs/cgroup", readOnly: false },
      { kind: "tmpfs", target: "/tmp", mode: "1777" },
    ]);
    expect(capabilities.add).toEqual([
      "AUDIT_CONTROL",
      "NET_ADMIN",
      "SYSLOG",
      "SYS_ADMIN",
      "SYS_PTRACE",
      "SYS_TIME",
    ]);
    expect(environment).toEqual({
      A: "1",
      SYSTEMD_CGROUP_ENABLE_LEGACY_FORCE: "1",
      container: "docker",
    });
    expect(stopSignal).toBe("SIGRTMIN+3");
  });

  test("keeps what the service says itself", () => {
    const plan = planned({
      standalone: true,
      tmpfs: [{ target: "/tmp", size: "64MiB" }],
      stopSignal: "SIGRTMIN+4",
      environment: { container: "oci" },
      capabilities: { drop: ["SYSLOG"] },
    });
    expect(plan.mounts.filter(({ target }) => target === "/tmp")).toEqual([
      { kind: "tmpfs", target: "/tmp", sizeBytes: 64 * 2 ** 20, mode: "1777" },
    ]);
    expect(plan.stopSignal).toBe("SIGRTMIN+4");
    expect(plan.environment["container"]).toBe("oci");
    expect(plan.capabilities.add).not.toContain("SYSLOG");
  });
});
