import { faultsOf, image, problemsOf } from "../problems-of";

const withConstraint = (constraint: string): Record<string, unknown> => ({
  services: { web: { image, placement: { constraints: [constraint] } } },
});

describe("a condition on servers", () => {
  test.each([
    "node.hostname == P-hive1.hive.example",
    "node.labels.hive.zone != zone-a",
    "node.labels.data != anything",
    "engine.labels.os == Debian GNU/Linux 13",
    "node.role == manager",
    "node.ip == 172.29.16.0/24",
  ])("%s is one", (constraint) => {
    expect(problemsOf(withConstraint(constraint))).toEqual([]);
  });

  test.each([
    ["node.hostname = x", "it has neither == nor !="],
    ["node.host == x", "servers have no 'node.host'"],
    ["node.labels.a == ", "there is no value"],
    ["node.labels.a == {x}", "'{x}' is not a valid value"],
  ])("%s is none", (constraint, message) => {
    const [fault] = faultsOf(withConstraint(constraint));
    expect(fault).toContain("placement.constraints[0]: is not a valid constraint");
    expect(fault).toContain(message);
  });

  test.each([
    ["node.hostname == hive0", "did you mean p-hive0.hive.example?"],
    ["node.labels.hive.zone == zone-x", "did you mean zone-a?"],
    ["node.role == worker", "write a value that a server has: "],
    // The repository server holds no tasks.
    ["node.hostname == p-hive3.hive.example", "did you mean p-hive0.hive.example?"],
  ])("%s is met by no server of the stage", (constraint, remedy) => {
    expect(faultsOf(withConstraint(constraint))).toEqual([
      "site/services/web.ts: services.web.placement.constraints[0]: is met by no cluster server of this stage: no task would ever start",
    ]);
    expect(problemsOf(withConstraint(constraint))[0]).toContain(remedy);
  });
});

describe("a condition on a label of the stage's", () => {
  const labels = { hive1: { disk: "ssd" }, hive2: { disk: "ssd", rack: 2 } };
  const stage = { config: { "hive:labels": JSON.stringify(labels) } };
  const place = "site/services/web.ts: services.web.placement.constraints[0]";

  test.each(["node.labels.disk == SSD", "node.labels.rack == 2", "node.labels.disk != ssd"])(
    "%s is met by a server",
    (constraint) => {
      expect(problemsOf(withConstraint(constraint), stage)).toEqual([]);
    },
  );

  test.each([
    [
      "node.labels.disc == ssd",
      `${place} | did you mean node.labels.disk? Else give it to a server in Pulumi.private.yaml, e.g. hive:labels: { hive0: { disc: ssd } }`,
    ],
    [
      "node.labels.gpu==yes",
      `${place} | give it to a server in Pulumi.private.yaml, e.g. hive:labels: { hive0: { gpu: yes } }`,
    ],
    ["node.labels.disk == hdd", `${place} | write a value that a server has: `],
    ["node.labels.disk == ssdd", `${place} | did you mean ssd?`],
    ["node.labels.hive.zon == zone-a", `${place} | did you mean node.labels.hive.zone? Else `],
  ])("%s is met by none", (constraint, problem) => {
    const [found, ...others] = problemsOf(withConstraint(constraint), stage);
    expect(found?.startsWith(problem)).toBe(true);
    expect(others).toEqual([]);
  });

  test("says which label no server has", () => {
    expect(faultsOf(withConstraint("node.labels.gpu == yes"), stage)).toEqual([
      `${place}: no cluster server of this stage has the label gpu: no task would ever start`,
    ]);
  });

  test("takes the others away for everything that counts servers", () => {
    const web = {
      image,
      mode: { replicas: 3 },
      placement: { maxReplicasPerHost: 1, constraints: ["node.labels.disk == ssd"] },
    };
    expect(faultsOf({ services: { web } }, stage)).toEqual([
      "site/services/web.ts: services.web.placement.maxReplicasPerHost: leaves room for 2 tasks on the 2 cluster servers that its constraints allow (p-hive1.hive.example, p-hive2.hive.example), but 3 are wanted",
    ]);
  });
});

describe("conditions that exclude each other", () => {
  const together = (...constraints: readonly string[]): Record<string, unknown> => ({
    services: { web: { image, placement: { constraints } } },
  });

  test.each([
    ["two zones", ["node.labels.hive.zone == zone-a", "node.labels.hive.zone == zone-b"]],
    [
      "a zone and a server of another one",
      ["node.labels.hive.zone == zone-a", "node.hostname == p-hive1.hive.example"],
    ],
    ["none of all zones", ["a", "b", "c"].map((zone) => `node.labels.hive.zone != zone-${zone}`)],
    ["a label of an engine", ["engine.labels.disk == ssd", "engine.labels.disk != ssd"]],
  ])("are met by no server of the stage: %s", (_, constraints) => {
    expect(faultsOf(together(...constraints))).toEqual([
      "site/services/web.ts: services.web.placement.constraints: no cluster server of this stage meets all of these: no task would ever start",
    ]);
  });

  test("are told with the servers that meet each of them", () => {
    expect(
      problemsOf(
        together("node.labels.hive.zone == zone-a", "node.hostname == p-hive1.hive.example"),
      ),
    ).toEqual([
      "site/services/web.ts: services.web.placement.constraints | remove one of those that exclude each other; " +
        "node.labels.hive.zone == zone-a is met by p-hive0.hive.example; " +
        "node.hostname == p-hive1.hive.example is met by p-hive1.hive.example",
    ]);
  });

  test.each([
    [
      "a server in its zone",
      ["node.labels.hive.zone == zone-b", "node.hostname == p-hive1.hive.example"],
    ],
    [
      "labels that somebody may set",
      ["node.labels.hive.zone == zone-a", "engine.labels.disk == ssd"],
    ],
  ])("are not: %s", (_, constraints) => {
    expect(problemsOf(together(...constraints))).toEqual([]);
  });
});

describe("what a service needs of a server", () => {
  const site = (resources: Record<string, unknown>): Record<string, unknown> => ({
    services: { web: { image, resources } },
  });
  const stage = { config: { "hive:hostSize": JSON.stringify({ cpus: 2, memory: "4GiB" }) } };

  test("is held against what a server has, where the stage says that", () => {
    const large = {
      limits: { cpus: 4, memory: "500GiB" },
      reservations: { cpus: 2.5, memory: "5GiB" },
    };
    expect(faultsOf(site(large))).toEqual([]);
    expect(faultsOf(site(large), stage)).toEqual([
      "site/services/web.ts: services.web.resources.reservations.cpus: is more than a server has (2, Pulumi.private.yaml: hive:hostSize.cpus): no task would ever start",
      "site/services/web.ts: services.web.resources.reservations.memory: is more than a server has (4GiB, Pulumi.private.yaml: hive:hostSize.memory): no task would ever start",
      "site/services/web.ts: services.web.resources.limits.cpus: is more than a server has (2, Pulumi.private.yaml: hive:hostSize.cpus): the Docker Engine refuses each task",
    ]);
    const fitting = {
      limits: { cpus: 2, memory: "8GiB" },
      reservations: { cpus: 2, memory: "4GiB" },
    };
    expect(faultsOf(site(fitting), stage)).toEqual([]);
  });

  test("is at least what the engine takes", () => {
    const least = { limits: { memory: "6MiB" }, reservations: { memory: "4MiB" } };
    expect(problemsOf(site(least))).toEqual([]);
    expect(
      problemsOf(site({ limits: { memory: "5MiB" }, reservations: { memory: "3.9MiB" } })),
    ).toEqual([
      'site/services/web.ts: services.web.resources.limits.memory | write at least "6MiB"',
      'site/services/web.ts: services.web.resources.reservations.memory | write at least "4MiB"',
    ]);
  });

  test("may be known in part", () => {
    const half = { config: { "hive:hostSize": JSON.stringify({ memory: "4GiB" }) } };
    const large = { reservations: { cpus: 64, memory: "5GiB" } };
    expect(faultsOf(site(large), half)).toHaveLength(1);
  });
});
