import { faultsOf, image, problemsOf } from "../problems-of";

const stage = { config: { "hive:hostSize": JSON.stringify({ cpus: 0.3, memory: "4GiB" }) } };
const inZone = (zone: string): object => ({
  constraints: [`node.labels.hive.zone == zone-${zone}`],
});
const of = (memory: string, more: object = {}): object => ({
  image,
  resources: { reservations: { memory } },
  ...more,
});
const replicas = (count: number, more: object = {}): object => ({
  mode: { replicas: count },
  ...more,
});
const path = (name: string): string =>
  `site/services/${name}.ts: services.${name}.resources.reservations`;
const size = "Pulumi.private.yaml: hive:hostSize.memory";

describe("what all tasks reserve has no room", () => {
  test.each<[string, Record<string, object>, readonly string[]]>([
    [
      "tasks of one service",
      { web: of("3GiB", replicas(4)) },
      [
        `${path("web")}.memory: 4 tasks of web with 3GiB each: there is room for 3 on the 3 cluster servers, with 4GiB each (${size})`,
      ],
    ],
    [
      "tasks on the servers that constraints leave",
      { web: of("3GiB", replicas(2, { placement: inZone("b") })) },
      [
        `${path("web")}.memory: 2 tasks of web with 3GiB each: there is room for 1 on the 1 cluster server that its constraints allow (p-hive1.hive.example), with 4GiB each (${size})`,
      ],
    ],
    [
      "global services of each server",
      { logs: of("3GiB", { mode: "global" }), monitor: of("2GiB", { mode: "global" }) },
      [
        `${size}: logs 3GiB, monitor 2GiB are reserved on each of the 3 cluster servers: the sum of 5GiB is more than 4GiB: some tasks would never start`,
      ],
    ],
    [
      "a task beside global services",
      { logs: of("2GiB", { mode: "global" }), web: of("3GiB") },
      [
        `${path("web")}.memory: 1 task of web with 3GiB each: there is room for 0 on the 3 cluster servers, with 4GiB each (${size}), beside the global services: logs 2GiB`,
      ],
    ],
    [
      "everything together",
      { app: of("2GiB", replicas(4)), db: of("1GiB", replicas(5)) },
      [
        `${size}: app 4 × 2GiB, db 5 × 1GiB are reserved on the 3 cluster servers together: the sum of 13GiB is more than 12GiB: some tasks would never start`,
      ],
    ],
    [
      "services of one server",
      { app: of("3GiB", { placement: inZone("a") }), db: of("2GiB", { placement: inZone("a") }) },
      [
        `${size}: app 3GiB, db 2GiB are reserved on p-hive0.hive.example: the sum of 5GiB is more than 4GiB: some tasks would never start`,
      ],
    ],
    [
      "services that run together",
      { app: of("3GiB"), helper: of("2GiB", { placement: { with: "app" } }) },
      [
        `${path("app")}.memory: app 3GiB, helper 2GiB on one server, since they run together: there is room for 0 on the 3 cluster servers, with 4GiB each (${size})`,
      ],
    ],
    [
      "processors",
      { web: { image, resources: { reservations: { cpus: 0.1 } }, mode: { replicas: 10 } } },
      [
        `${path("web")}.cpus: 10 tasks of web with 0.1 cpus each: there is room for 9 on the 3 cluster servers, with 0.3 cpus each (Pulumi.private.yaml: hive:hostSize.cpus)`,
      ],
    ],
  ])("%s", (_, services, faults) => {
    expect(faultsOf({ services }, stage)).toEqual(faults);
    expect(faultsOf({ services })).toEqual([]);
  });

  test("says how many would have", () => {
    expect(problemsOf({ services: { web: of("3GiB", replicas(4)) } }, stage)).toEqual([
      `${path("web")}.memory | write at most 3 replicas, reserve less, or take larger servers and change hive:hostSize`,
    ]);
  });
});

test.each<[string, Record<string, object>]>([
  ["to the last byte", { logs: of("1GiB", { mode: "global" }), web: of("3GiB", replicas(3)) }],
  [
    "to the last part of a processor",
    { web: { image, resources: { reservations: { cpus: 0.1 } }, mode: { replicas: 9 } } },
  ],
  [
    "services of different servers",
    { a: of("3GiB", { placement: inZone("a") }), b: of("3GiB", { placement: inZone("b") }) },
  ],
  [
    "a service that is switched off",
    { web: of("3GiB", replicas(0)), app: of("4GiB", replicas(3)) },
  ],
  ["a job, which ends", { app: of("4GiB", replicas(3)), load: of("4GiB", { mode: { job: {} } }) }],
  [
    "a global service with a label that no server may have",
    {
      app: of("4GiB", replicas(3)),
      logs: of("4GiB", { mode: "global", placement: { constraints: ["engine.labels.a == b"] } }),
    },
  ],
])("what all tasks reserve has room: %s", (_, services) => {
  expect(faultsOf({ services }, stage)).toEqual([]);
});
