import { faultsOf, image, problemsOf } from "../problems-of";

function faultsOfService(service: Record<string, unknown>): readonly string[] {
  return faultsOf({ services: { web: { image, ...service } } }).map((fault) =>
    fault.replace("site/services/web.ts: services.web.", ""),
  );
}

describe("a job", () => {
  const mode = { job: {} };

  test.each<[string, Record<string, unknown>, string]>([
    [
      "publishes no ports",
      { ports: ["80"] },
      "ports: a job does not accept connections: its task ends",
    ],
    ["is not rolled out", { update: {} }, "update: a job is not rolled out: a change runs it"],
    ["is not rolled back", { rollback: {} }, "rollback: a job is not rolled back: it has run"],
    [
      "has no steps",
      { initialize: [{ name: "a", command: ["a"] }] },
      "initialize: there is no task in which a step could run: a job's task ends",
    ],
    [
      "has no backups",
      { backups: [{ name: "a", command: ["a"], restore: ["b"] }] },
      "backups: there is no task in which a backup could run: a job's task ends",
    ],
    [
      "is not started again when it ended well",
      { restart: { condition: "any" } },
      "restart.condition: a job that restarts whenever it ends never finishes",
    ],
    [
      "says how often it is tried in one place",
      { restart: { maxAttempts: 3 } },
      "restart.maxAttempts: follows from mode.job.retries for a job",
    ],
  ])("%s", (_, service, fault) => {
    expect(faultsOfService({ ...service, mode })).toEqual([fault]);
  });

  test("may wait before it is tried again, and have everything that a container has", () => {
    expect(
      faultsOfService({
        mode: { job: { schedule: "*/5 * * * mon-fri", retries: 2 } },
        restart: { delay: "10s" },
        environment: { A: "1" },
        healthcheck: "none",
        resources: { limits: { memory: "64MiB" } },
      }),
    ).toEqual([]);
  });

  test("has a schedule of cron", () => {
    expect(
      problemsOf({ services: { web: { image, mode: { job: { schedule: "daily" } } } } }),
    ).toEqual([
      'site/services/web.ts: services.web.mode.job.schedule | write five fields (minute, hour, day of the month, month, day of the week), e.g. "0 3 * * *" for 03:00 UTC every day',
    ]);
  });

  test("is either a job or replicated", () => {
    expect(faultsOfService({ mode: { job: {}, replicas: 1 } })).toEqual([
      "mode: has replicas and job, which exclude each other",
    ]);
  });
});

describe("limits", () => {
  test.each<[string, Record<string, unknown>, readonly string[]]>([
    [
      "a global service has one task on each server anyway",
      { mode: "global", placement: { maxReplicasPerHost: 1 } },
      ["placement.maxReplicasPerHost: a global service has one task on each server, no more"],
    ],
    [
      "replicas find room",
      { mode: { replicas: 4 }, placement: { maxReplicasPerHost: 1 } },
      [
        "placement.maxReplicasPerHost: leaves room for 3 tasks on the 3 cluster servers, but 4 are wanted",
      ],
    ],
    [
      "replicas find room on the servers that constraints leave",
      {
        mode: { replicas: 2 },
        placement: { maxReplicasPerHost: 1, constraints: ["node.labels.hive.zone == zone-a"] },
      },
      [
        "placement.maxReplicasPerHost: leaves room for 1 task on the 1 cluster server that its constraints allow (p-hive0.hive.example), but 2 are wanted",
      ],
    ],
    [
      "a port of a server is one task's, on the servers that constraints leave",
      {
        mode: { replicas: 2 },
        ports: [{ target: 80, mode: "host" }],
        placement: { constraints: ["node.labels.hive.zone == zone-a"] },
      },
      [
        "mode.replicas: port 80/tcp in host mode can be used once on each server, and the stage has 1 cluster server that its constraints allow (p-hive0.hive.example)",
      ],
    ],
    [
      "what is not known of servers takes none away",
      {
        mode: { replicas: 3 },
        ports: [{ target: 80, mode: "host" }],
        placement: { maxReplicasPerHost: 1, constraints: ["engine.labels.disk == ssd"] },
      },
      [],
    ],
    ["replicas that do", { mode: { replicas: 6 }, placement: { maxReplicasPerHost: 2 } }, []],
    [
      "no more is reserved than may be used",
      {
        resources: {
          limits: { cpus: 0.5, memory: "64MiB" },
          reservations: { cpus: 1, memory: "1GiB" },
        },
      },
      [
        "resources.reservations.cpus: is more than the task's limit of 0.5",
        "resources.reservations.memory: is more than the task's limit of 64MiB",
      ],
    ],
    [
      "what is equal is fine",
      { resources: { limits: { memory: "1GiB" }, reservations: { memory: "1024MiB" } } },
      [],
    ],
    [
      "a soft limit is not above the hard one",
      { ulimits: { nofile: { soft: 10, hard: 5 } } },
      ["ulimits.nofile.soft: is above the hard limit of 5"],
    ],
    [
      "unlimited is",
      { ulimits: { core: { soft: -1, hard: -1 }, nofile: { soft: 1, hard: -1 } } },
      [],
    ],
  ])("%s", (_, service, faults) => {
    expect(faultsOfService(service)).toEqual(faults);
  });
});

describe("the kernel's names", () => {
  test.each<[string, Record<string, unknown>, string]>([
    [
      "capabilities",
      { capabilities: { add: ["NET_ADMN"] } },
      "capabilities.add[0] | did you mean NET_ADMIN?",
    ],
    [
      "capabilities of no kind",
      { capabilities: { drop: ["EVERYTHING"] } },
      "capabilities.drop[0] | write a name of capabilities(7), e.g. NET_ADMIN",
    ],
    [
      "a capability that is taken and given",
      { capabilities: { add: ["CHOWN"], drop: ["CHOWN"] } },
      "capabilities.add[0] | remove it from add or from drop",
    ],
    ["limits", { ulimits: { files: { soft: 1, hard: 1 } } }, "ulimits.files | choose another name"],
    [
      "settings of the whole server",
      { sysctls: { "vm.swappiness": "1" } },
      "sysctls.vm.swappiness | choose another name",
    ],
    ["signals", { stopSignal: "QUIT" }, 'stopSignal | write a name such as "SIGQUIT"'],
  ])("%s", (_, service, problem) => {
    expect(problemsOf({ services: { web: { image, ...service } } })).toEqual([
      `site/services/web.ts: services.web.${problem}`,
    ]);
  });

  test("may be written as the engine or as people write them", () => {
    expect(
      faultsOfService({
        capabilities: { add: ["CAP_NET_ADMIN", "sys_time"], drop: ["all"] },
        sysctls: { "net.core.somaxconn": "1024", "kernel.shmmax": "1" },
        ulimits: { nofile: { soft: 1024, hard: 4096 } },
        stopSignal: "SIGRTMIN+3",
      }),
    ).toEqual([]);
  });
});

describe("a systemd container", () => {
  test.each<[string, Record<string, unknown>, string]>([
    ["has no other init", { init: true }, "init"],
    ["runs as root", { user: "web" }, "user"],
    ["keeps what systemd needs", { capabilities: { drop: ["SYS_ADMIN"] } }, "capabilities.drop"],
  ])("%s", (_, service, path) => {
    const faults = faultsOfService({ standalone: true, rootOnServers: true, ...service });
    expect(faults.map((fault) => fault.split(":")[0])).toEqual([path]);
    expect(faultsOfService(service)).toEqual([]);
  });

  test.each(["root", "0", "root:root", "0:0"])("may say that it does: user %p", (user) => {
    expect(faultsOfService({ standalone: true, rootOnServers: true, user })).toEqual([]);
  });
});

describe("lines of /etc/hosts", () => {
  test("leave the names of servers alone", () => {
    expect(
      faultsOfService({
        hosts: { "p-hive0.hive.example": "192.0.2.1", "mail.example": "2001:db8::1" },
      }),
    ).toEqual([
      "hosts.p-hive0.hive.example: is the name of a server of this stage, which has the address 172.29.16.4",
    ]);
  });

  test("have addresses", () => {
    expect(problemsOf({ services: { web: { image, hosts: { mail: "mail.example" } } } })).toEqual([
      "site/services/web.ts: services.web.hosts.mail | write an IPv4 or IPv6 address, e.g. 192.0.2.10",
    ]);
  });
});
