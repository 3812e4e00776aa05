import {
  replicationMinors,
  replicationPorts,
  stableNumber,
} from "../../../../model/values/stable-number";
import { faultsOf, image, problemsOf } from "../problems-of";

const volumes = {
  data: { replicated: { size: "1GiB" } },
  cache: { local: {} },
};
const mount = { image, volumes: [{ source: "data", target: "/data" }] };

describe("a replicated volume has one writer", () => {
  test.each<[string, Record<string, unknown>, readonly string[]]>([
    ["one service with one task", { db: mount }, []],
    ["one job", { load: { ...mount, mode: { job: {} } } }, []],
    ["a service that is off", { db: { ...mount, mode: { replicas: 0 } } }, []],
    [
      "one service twice",
      { db: { image, volumes: [...mount.volumes, { source: "data", target: "/again" }] } },
      [],
    ],
    [
      "two tasks",
      { db: { ...mount, mode: { replicas: 2 } } },
      [
        "site/services/db.ts: services.db.volumes[0]: is replicated and has one writer at a time, but db has 2 tasks",
      ],
    ],
    [
      "a task on every server",
      { db: { ...mount, mode: "global" } },
      [
        "site/services/db.ts: services.db.volumes[0]: is replicated and has one writer at a time, but db has a task on every server",
      ],
    ],
    [
      "two services",
      { db: mount, web: mount },
      [
        "site/services/web.ts: services.web.volumes[0]: is replicated and has one writer at a time, but the service db mounts it too",
      ],
    ],
    [
      "a job beside a service",
      { db: mount, load: { ...mount, mode: { job: { schedule: "0 3 * * *" } } } },
      [
        "site/services/load.ts: services.load.volumes[0]: is replicated and has one writer at a time, but the service db mounts it too",
      ],
    ],
    [
      "a reader beside a writer",
      {
        db: mount,
        web: { image, volumes: [{ source: "data", target: "/data", readOnly: true }] },
      },
      [
        "site/services/web.ts: services.web.volumes[0]: is replicated and has one writer at a time, but the service db mounts it too",
      ],
    ],
  ])("%s", (_, services, faults) => {
    expect(faultsOf({ volumes, services })).toEqual(faults);
  });

  test("services of different stages do not meet", () => {
    const services = {
      db: { ...mount, availableOn: ["private"] },
      web: { ...mount, availableOn: ["staging"] },
    };
    expect(faultsOf({ volumes, services })).toEqual([]);
  });

  test("a volume on each server has as many writers as it likes", () => {
    const cache = { image, volumes: [{ source: "cache", target: "/cache" }], mode: "global" };
    expect(faultsOf({ volumes, services: { a: cache, b: cache } })).toEqual([]);
  });
});

describe("a new task starts before the old one stops", () => {
  test.each<[string, Record<string, unknown>, readonly string[]]>([
    [
      "not with a replicated volume",
      { ...mount, update: { order: "start-first" } },
      [
        "services.web.update.order: the new task can never start: the old task is the only writer of the replicated volume data",
      ],
    ],
    [
      "not with a port of the server",
      {
        image,
        mode: "global",
        ports: ["80"],
        update: { order: "start-first" },
        rollback: { order: "start-first" },
      },
      [
        "services.web.update.order: the new task can never start: the old task uses port 80/tcp of its server",
        "services.web.rollback.order: the new task can never start: the old task uses port 80/tcp of its server",
      ],
    ],
    [
      "not where every server is full",
      {
        image,
        mode: { replicas: 3 },
        placement: { maxReplicasPerHost: 1 },
        update: { order: "start-first" },
      },
      [
        "services.web.update.order: the new task can never start: the old tasks use all places that maxReplicasPerHost allows on the 3 cluster servers",
      ],
    ],
    [
      "not where every server that constraints leave is full",
      {
        image,
        mode: { replicas: 2 },
        placement: { maxReplicasPerHost: 1, constraints: ["node.labels.hive.zone != zone-c"] },
        update: { order: "start-first" },
      },
      [
        "services.web.update.order: the new task can never start: the old tasks use all places that maxReplicasPerHost allows on the 2 cluster servers that its constraints allow (p-hive0.hive.example, p-hive1.hive.example)",
      ],
    ],
    ["in the routing mesh", { image, ports: ["80"], update: { order: "start-first" } }, []],
  ])("%s", (_, service, faults) => {
    expect(faultsOf({ volumes, services: { web: service } })).toEqual(
      faults.map((fault) => `site/services/web.ts: ${fault}`),
    );
  });

  test("not where a service follows another one to a server with one place", () => {
    const placement = { with: "lead", maxReplicasPerHost: 1 };
    const web = { image, placement, update: { order: "start-first" } };
    expect(faultsOf({ services: { lead: { image }, web } })).toEqual([
      "site/services/web.ts: services.web.update.order: the new task can never start: the old tasks use all places that maxReplicasPerHost allows on the server of lead",
    ]);
  });
});

describe("numbers of replication", () => {
  /** Two volumes of which something is the same; found by trying names. */
  function colliding(range: { first: number; last: number }): readonly [string, string] {
    const seen = new Map<number, string>();
    for (let index = 0; ; index++) {
      const name = `v${index}`;
      const number = stableNumber(name, range);
      const other = seen.get(number);
      if (other !== undefined) return [other, name];
      seen.set(number, name);
    }
  }

  test.each([
    ["minor", replicationMinors],
    ["port", replicationPorts],
  ])("two volumes with one %s are a problem of both", (key, range) => {
    const [left, right] = colliding(range);
    const replicated = { replicated: { size: "1GiB" } };
    const site = { volumes: { [left]: replicated, [right]: replicated } };
    const problems = problemsOf(site).filter((problem) => problem.includes(`.${key} |`));
    expect(problems).toEqual(
      [left, right]
        .sort()
        .map(
          (name) =>
            `site/site.ts: volumes.${name}.replicated.${key} | write another ${key} for one of the two that has no data yet`,
        ),
    );
    const free = stableNumber("free", range);
    const mended = { replicated: { size: "1GiB", [key]: free } };
    expect(
      problemsOf({ volumes: { [left]: replicated, [right]: mended } }).filter((problem) =>
        problem.includes(`.${key} |`),
      ),
    ).toEqual([]);
  });
});

test("only a folder of the server has mounts that come later", () => {
  const propagation = "rslave" as const;
  expect(
    faultsOf({
      volumes,
      services: {
        web: {
          image,
          volumes: [
            { source: "/srv", target: "/srv", propagation },
            { source: "cache", target: "/cache", propagation },
          ],
        },
      },
    }),
  ).toEqual([
    "site/services/web.ts: services.web.volumes[1].propagation: is for folders of the server, but the source is a volume",
  ]);
});
