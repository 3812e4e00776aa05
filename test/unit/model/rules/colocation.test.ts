import { faultsOf, image, problemsOf } from "../problems-of";

const volumes = { data: { replicated: { size: "1GiB" } } };
const mount = { image, volumes: [{ source: "data", target: "/data" }] };
const follow = (leader: string, changes: object = {}): object => ({
  ...mount,
  ...changes,
  placement: { with: leader },
});

/** Faults of services that share one replicated volume, without the path of their files. */
const faults = (services: Record<string, unknown>): readonly string[] =>
  faultsOf({ volumes, services }).map((fault) => fault.replace(/^site\/services\/\w+\.ts: /, ""));

describe("services that run together", () => {
  test.each<[string, Record<string, unknown>, readonly string[]]>([
    ["share a replicated volume", { app: mount, helper: follow("app") }, []],
    ["whatever their names' order", { a: follow("z"), z: mount }, []],
    ["as many as there are", { a: follow("z"), b: follow("z"), z: mount }, []],
    ["need no volume", { app: { image }, proxy: { image, placement: { with: "app" } } }, []],
    [
      "do not make room for a third service",
      { app: mount, helper: follow("app"), other: mount },
      [
        "services.other.volumes[0]: is replicated and has one writer at a time, but the service app mounts it too",
      ],
    ],
    [
      "are not two groups on one volume",
      { a: mount, b: follow("a"), x: { image }, y: follow("x") },
      [
        "services.y.volumes[0]: is replicated and has one writer at a time, but the service a mounts it too",
      ],
    ],
    [
      "follow a service that there is",
      { helper: follow("ap") },
      ["services.helper.placement.with: the site has no service of this name"],
    ],
    [
      "follow another service",
      { app: follow("app") },
      ["services.app.placement.with: is the service itself"],
    ],
    [
      "follow one that decides for itself",
      {
        a: { image, placement: { with: "b" } },
        b: { image, placement: { with: "c" } },
        c: { image },
      },
      [
        "services.a.placement.with: b itself runs with c, but a single service must decide where a group runs",
      ],
    ],
    [
      "do not follow each other",
      { a: { image, placement: { with: "b" } }, b: { image, placement: { with: "a" } } },
      [
        "services.a.placement.with: the services wait for each other: a → b → a",
        "services.a.placement.with: b itself runs with a, but a single service must decide where a group runs",
        "services.b.placement.with: a itself runs with b, but a single service must decide where a group runs",
      ],
    ],
    [
      "do not wait for one that follows them",
      { app: { ...mount, dependsOn: ["helper"] }, helper: follow("app") },
      ["services.app.dependsOn[0]: the services wait for each other: app → helper → app"],
    ],
    [
      "do not follow a service on every server",
      { app: { image, mode: "global" }, helper: follow("app") },
      ["services.helper.placement.with: app has a task on every server"],
    ],
    [
      "do not follow many tasks",
      { app: { image, mode: { replicas: 2 } }, helper: follow("app") },
      ["services.helper.placement.with: app has 2 tasks, which need not be on one server"],
    ],
    [
      "do not follow a job",
      { app: { image, mode: { job: {} } }, helper: follow("app") },
      ["services.helper.placement.with: app is a job, which ends"],
    ],
    [
      "may be jobs, once and by schedule",
      {
        app: mount,
        load: follow("app", { mode: { job: { schedule: "0 3 * * *" } } }),
        once: follow("app", { mode: { job: {} } }),
      },
      [],
    ],
    [
      "do not follow what is switched off",
      { app: { ...mount, mode: { replicas: 0 } }, helper: follow("app") },
      [
        "services.helper.placement.with: app is switched off (0 replicas), so there is no server for helper to run on",
      ],
    ],
    [
      "are switched off together",
      {
        app: { ...mount, mode: { replicas: 0 } },
        helper: follow("app", { mode: { replicas: 0 } }),
      },
      [],
    ],
    [
      "have no conditions of their own",
      {
        app: mount,
        helper: {
          ...mount,
          placement: { with: "app", constraints: ["node.labels.hive.zone == zone-a"] },
        },
      },
      [
        "services.helper.placement.constraints: helper runs wherever app does, and cannot have conditions of its own",
      ],
    ],
    [
      "are not written as conditions",
      { app: { image, placement: { constraints: ["node.labels.hive.with.db == true"] } } },
      ["services.app.placement.constraints[0]: the node labels hive.with.… are kept by hive"],
    ],
  ])("%s", (_, services, expected) => {
    expect([...faults(services)].sort()).toEqual([...expected].sort());
  });

  test("are on one stage", () => {
    const services = {
      app: { ...mount, availableOn: ["staging"] },
      helper: follow("app"),
    };
    expect(faults(services)).toEqual([
      "services.helper.placement.with: the stage private runs helper, but not app",
    ]);
    const both = { app: services.app, helper: follow("app", { availableOn: ["staging"] }) };
    expect(faults(both)).toEqual([]);
  });

  test("say what to write instead", () => {
    const remedies = (services: Record<string, unknown>): readonly string[] =>
      problemsOf({ volumes, services }).map((problem) => problem.replace(/^.* \| /, ""));
    expect(remedies({ app: { image }, b: { image, placement: { with: "ap" } } })).toEqual([
      'did you mean "app"? Else add ap to services in site/site.ts',
    ]);
    expect(remedies({ a: { image, placement: { with: "b" } }, b: follow("c"), c: mount })).toEqual([
      'write with: "c" here, or remove placement.with from b',
    ]);
    expect(remedies({ app: mount, helper: mount })[0]).toContain(
      'if both need it on one server, write placement: { with: "app" } for helper',
    );
    expect(
      remedies({ app: { image, placement: { constraints: ["node.labels.hive.with.db==true"] } } }),
    ).toEqual(['write placement: { with: "db" } instead']);
  });
});
