import { spawnSync } from "node:child_process";

import { colocationConstraint } from "../../../model/service/colocation";

const program = "platform/images/host/files/usr/local/lib/hive-shared";

interface Step {
  readonly server?: string;
  readonly mount?: string;
  readonly unmount?: string;
  readonly services?: readonly object[];
  readonly containers?: readonly object[];
  readonly tasks?: readonly object[];
  readonly nodes?: readonly object[];
  readonly broken?: string;
}

/** Lets the driver's own Python code answer. */
function run(...steps: readonly Step[]): readonly string[] {
  const { stdout, stderr, status } = spawnSync(
    "python3",
    ["-s", "-E", "-B", "test/unit/platform/hive_shared.py", program],
    { encoding: "utf8", input: JSON.stringify([steps]) },
  );
  if (status !== 0) throw new Error(`The driver's code failed: ${stderr}`);
  return (JSON.parse(stdout) as string[][])[0] ?? [];
}

const service = (name: string, leader?: string, points = 1): object => ({
  ID: `id-${name}`,
  Spec: {
    Name: name,
    TaskTemplate: {
      ContainerSpec: {
        Mounts: Array.from({ length: points }, () => ({ Type: "volume", Source: "data" })),
      },
      Placement: { Constraints: leader === undefined ? null : [colocationConstraint(leader)] },
    },
  },
});
/** A service that is to have no task. */
const stopped = (one: object): object => {
  const { Spec: spec, ...rest } = one as { Spec: object };
  return { ...rest, Spec: { ...spec, Mode: { Replicated: { Replicas: 0 } } } };
};
const container = (name: string, state: string): object => ({
  Id: `container-${name}`,
  Names: [`/${name}.1.task-${name}`],
  State: state,
  Labels: {
    "com.docker.swarm.service.name": name,
    "com.docker.swarm.task.name": `${name}.1.task-${name}`,
    "com.docker.swarm.task.id": `task-${name}`,
  },
});
const byHand = (name: string, state: string): object => ({
  Id: "0123456789abcdef",
  Names: [`/${name}`],
  State: state,
  Labels: {},
});
const task = (name: string, state: string, desired = "running"): object => ({
  ID: `task-${name}`,
  ServiceID: `id-${name}`,
  Slot: 1,
  NodeID: "n0",
  DesiredState: desired,
  Status: { State: state },
});
const nodes = [
  { ID: "n0", Description: { Hostname: "hive0" } },
  { ID: "n1", Description: { Hostname: "hive1" } },
];

/** The first mount, which asks the engine nothing. */
const first: Step = { mount: "m1", broken: "must not be asked" };
const refused = (who: string): string =>
  `volume 'data' is held by ${who} since then, and was not released within 0.2 s. Only one task at a time may write it: stop what uses it ` +
  'on hive0, or wait until it has stopped. Services that belong together share it if one has placement: { with: "<the other>" }';
/** The same for another server, which may never hear of the holder again. */
const refusedElsewhere = (who: string): string =>
  `volume 'data' is held by ${who} since then, and was not released within 0.2 s. Only one task at a time may write it: stop what uses it ` +
  'on hive0, or wait; services share it with placement: { with: "<the other>" }. If hive0 hangs and does not come back: ' +
  "`npx hive up` resumes a paused server, and `docker kill hive0` lets the volume go";

describe("a further mount on the server that holds a volume", () => {
  const group = {
    services: [service("app"), service("helper", "app"), service("web", undefined, 0)],
    containers: [container("app", "running"), container("helper", "created")],
    tasks: [task("app", "running"), task("helper", "starting")],
  };

  test("is let in for a task of the same group, and for no more than the group has", () => {
    expect(run(first, { mount: "m2", ...group }, { mount: "m3", ...group })).toEqual([
      "done",
      "done",
      refused("the task app.1 on hive0"),
    ]);
  });

  test("is let in for the task of a job of the group, which the Swarm wants to end", () => {
    const job = {
      ...group,
      tasks: [task("app", "running"), task("helper", "starting", "complete")],
    };
    expect(run(first, { mount: "m2", ...job })).toEqual(["done", "done"]);
  });

  test("is let in beside a service that gave the volume away, and is removed later", () => {
    const renamed = {
      services: [stopped(service("store")), service("app"), service("helper", "app")],
      containers: group.containers,
      tasks: group.tasks,
    };
    expect(run(first, { mount: "m2", ...renamed })).toEqual(["done", "done"]);
    const wanted = { ...renamed, services: [service("store"), ...group.services] };
    expect(run(first, { mount: "m2", ...wanted })[1]).toBe(refused("the task app.1 on hive0"));
  });

  test.each<[string, Step, string]>([
    [
      "another service",
      { ...group, services: [service("app"), service("helper")] },
      "the task app.1 on hive0",
    ],
    [
      "the next task of the same service",
      {
        services: [service("app")],
        containers: [container("app", "running"), container("app", "created")],
        tasks: [task("app", "running", "shutdown"), task("app", "starting")],
      },
      "the task app.1 on hive0",
    ],
    [
      "a container by hand beside a service",
      {
        services: [service("app")],
        containers: [container("app", "running"), byHand("look", "created")],
        tasks: [task("app", "running")],
      },
      "the task app.1 on hive0",
    ],
    [
      "a container by hand beside a group that has not all its tasks",
      {
        ...group,
        containers: [
          container("app", "running"),
          byHand("look", "created"),
          container("helper", "created"),
        ],
        tasks: [task("app", "running"), task("helper", "rejected", "shutdown")],
      },
      "the task app.1 on hive0",
    ],
    [
      "a container by hand while the first task of a group is being started",
      {
        ...group,
        containers: [container("app", "created"), byHand("look", "created")],
        tasks: [task("app", "starting")],
      },
      "hive0",
    ],
    [
      "a task beside a container by hand",
      {
        ...group,
        containers: [byHand("look", "running"), container("app", "created")],
        tasks: [task("app", "starting")],
      },
      "the container look on hive0",
    ],
    [
      "a container by hand beside another one",
      { services: [], containers: [byHand("one", "paused"), byHand("two", "created")] },
      "the container one on hive0",
    ],
    [
      "anything while the Docker Engine does not report who uses it",
      { broken: "no leader" },
      "an unknown container (Docker Engine: no leader) on hive0",
    ],
  ])("is refused for %s, and names what holds it", (_, step, who) => {
    expect(run(first, { mount: "m2", ...step })).toEqual(["done", refused(who)]);
  });

  test("is let in for the second one of a group while the first one is being started", () => {
    const step: Step = {
      ...group,
      containers: [container("app", "created"), container("helper", "created")],
      tasks: [task("app", "starting"), task("helper", "preparing")],
    };
    expect(run(first, { mount: "m2", ...step }, { mount: "m3", ...step })).toEqual([
      "done",
      "done",
      refused("hive0"),
    ]);
  });

  test("is let in for the second place of the same volume in one container", () => {
    const twice: Step = {
      services: [service("app", undefined, 2)],
      containers: [container("app", "created")],
      tasks: [task("app", "starting")],
    };
    expect(run(first, { mount: "m2", ...twice })).toEqual(["done", "done"]);
  });

  test("is let in for a mount point that is mounted again, as docker cp does", () => {
    expect(run(first, first, { unmount: "m1" }, { ...first, mount: "m2" }).slice(0, 3)).toEqual([
      "done",
      "done",
      "done",
    ]);
  });

  test("is let in when what held it has let go", () => {
    expect(run(first, { unmount: "m1" }, { mount: "m2", broken: "must not be asked" })).toEqual([
      "done",
      "done",
      "done",
    ]);
  });
});

test("another server is refused with the task that holds the volume, where the Swarm knows it", () => {
  const there: Step = {
    server: "hive1",
    mount: "m2",
    services: [service("app"), service("helper", "app")],
    tasks: [task("app", "running"), task("helper", "starting")],
    nodes,
  };
  expect(run(first, there, { ...there, broken: "no leader" })).toEqual([
    "done",
    refusedElsewhere("the task app.1 on hive0"),
    refusedElsewhere("hive0"),
  ]);
});
