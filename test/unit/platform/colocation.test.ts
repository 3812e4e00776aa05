import { spawnSync } from "node:child_process";

import fc from "fast-check";

import { colocationConstraint, leaderOf } from "../../../model/service/colocation";
import { endedRunLabel, scheduleLabel } from "../../../model/swarm/labels";

/** Lets the agent's own Python code answer. */
function ask(cases: readonly object[]): Looked[] {
  const { stdout, stderr, status } = spawnSync(
    "python3",
    ["-s", "-E", "-B", "test/unit/platform/colocation.py", "platform/agents/colocation"],
    { encoding: "utf8", input: JSON.stringify(cases), maxBuffer: 1 << 28 },
  );
  if (status !== 0) throw new Error(`The agent's code failed: ${stderr}`);
  return JSON.parse(stdout) as Looked[];
}

type Labels = Readonly<Record<string, string>>;

interface Looked {
  /** Whether it looks again soon. */
  readonly busy: boolean;
  readonly writes: readonly (readonly [string, { readonly Labels: Labels }])[];
  /** What a second look wrote. */
  readonly again: readonly unknown[];
  readonly asked: readonly string[];
}

const node = (id: string, labels: Labels = {}, leads = false): object => ({
  ID: id,
  Version: { Index: 1 },
  Description: { Hostname: `${id}.example` },
  Spec: { Role: "manager", Availability: "active", Labels: labels },
  ManagerStatus: { Leader: leads },
});
const service = (name: string, constraints: readonly string[] | null = []): object => ({
  ID: `id-${name}`,
  Spec: {
    Name: name,
    Mode: { Replicated: { Replicas: 1 } },
    TaskTemplate: { Placement: { Constraints: constraints } },
  },
});
const follower = (name: string, leader: string): object =>
  service(name, [colocationConstraint(leader)]);
const task = (
  name: string,
  nodeId: string | undefined,
  { state = "running", desired = "running", created = "2026-11-25T03:00:00Z" } = {},
): object => ({
  ServiceID: `id-${name}`,
  ...(nodeId === undefined ? {} : { NodeID: nodeId }),
  DesiredState: desired,
  CreatedAt: created,
  Status: { State: state },
});

const zone = { "hive.zone": "a", other: "kept" };
const here = { "hive.with.app": "true" };
const group = [service("app"), follower("helper", "app"), service("web")];

function look(changes: object): Looked {
  const [looked] = ask([
    {
      self: "n0",
      nodes: [node("n0", zone, true), node("n1"), node("n2")],
      services: group,
      tasks: [],
      ...changes,
    },
  ]);
  if (looked === undefined) throw new Error("no answer");
  return looked;
}

/** What was written, by node in order. */
const written = ({ writes }: Looked): readonly (readonly [string, Labels])[] =>
  writes.map(([id, { Labels: labels }]) => [id, labels]);

describe("the label of a group", () => {
  test("is put on the node of the leader's task, beside the labels that are there, and written once", () => {
    const seen = look({ tasks: [task("app", "n0")] });
    expect(written(seen)).toEqual([["n0", { ...zone, ...here }]]);
    expect(seen.writes[0]?.[1]).toMatchObject({ Role: "manager", Availability: "active" });
    expect([seen.again, seen.busy]).toEqual([[], true]);
  });

  test("is taken from the old node before the new one gets it", () => {
    const nodes = [node("n0", zone, true), node("n1"), node("n2", { ...zone, ...here })];
    const moved = look({ nodes, tasks: [task("app", "n1")] });
    expect(written(moved)).toEqual([
      ["n2", zone],
      ["n1", here],
    ]);
  });

  test.each(["assigned", "preparing", "starting"])(
    "follows a task that is %s: the new one may wait for what followers hold on the old node",
    (state) => {
      const nodes = [node("n0", here, true), node("n1")];
      const tasks = [
        task("app", "n0", { desired: "shutdown" }),
        task("app", "n1", { state, created: "2026-11-25T03:00:05Z" }),
      ];
      expect(written(look({ nodes, tasks }))).toEqual([
        ["n0", {}],
        ["n1", here],
      ]);
    },
  );

  test.each<[string, readonly object[]]>([
    ["no task", []],
    ["a task that has no node yet", [task("app", undefined, { state: "pending" })]],
    ["ended tasks only", [task("app", "n2", { state: "failed", desired: "shutdown" })]],
    [
      "an attempt beside the task that runs",
      [
        task("app", "n1"),
        task("app", "n2", { state: "starting", created: "2026-11-25T03:00:05Z" }),
      ],
    ],
  ])("stays where it is while the leader has %s", (_, tasks) => {
    const nodes = [node("n0", zone, true), node("n1", here), node("n2")];
    expect(look({ nodes, tasks })).toMatchObject({ writes: [], busy: true });
  });

  test("goes when nothing follows any more", () => {
    const nodes = [node("n0", { ...zone, ...here }, true), node("n1")];
    const seen = look({ nodes, services: [service("app")], tasks: [task("app", "n0")] });
    expect(written(seen)).toEqual([["n0", zone]]);
    expect(seen.busy).toBe(false);
  });

  test("is that of each group", () => {
    const services = [...group, service("db"), follower("dump", "db"), follower("watch", "db")];
    const tasks = [task("app", "n1"), task("db", "n2"), task("web", "n0")];
    expect(written(look({ services, tasks }))).toEqual([
      ["n1", here],
      ["n2", { "hive.with.db": "true" }],
    ]);
  });

  test("is written by the Swarm's leader only, and nothing is asked of a server that is no manager", () => {
    const tasks = [task("app", "n0")];
    const other = look({ self: "n1", tasks });
    expect([other.writes, other.asked]).toEqual([[], ["manager_id", "nodes"]]);
    expect(look({ self: null, tasks }).asked).toEqual(["manager_id"]);
  });

  test("costs two requests where there is no group", () => {
    const seen = look({ services: [service("app", null)] });
    expect([seen.asked, seen.busy]).toEqual([["manager_id", "nodes", "services"], false]);
  });

  test("is tried again after a write that the Swarm refused, and after an engine that does not answer", () => {
    const refused = look({ tasks: [task("app", "n1")], accepts: false });
    expect(refused.again).toEqual(refused.writes);
    expect(look({ broken: "no leader" })).toMatchObject({ writes: [], busy: true });
  });
});

describe("a job that follows, when the label goes to another node", () => {
  const run = 4;
  const dump = {
    ID: "id-dump",
    JobStatus: { JobIteration: { Index: run } },
    Spec: {
      Name: "dump",
      Labels: { [scheduleLabel]: "0 3 * * *" },
      Mode: { ReplicatedJob: { MaxConcurrent: 1, TotalCompletions: 1 } },
      TaskTemplate: { ForceUpdate: 7, Placement: { Constraints: [colocationConstraint("app")] } },
    },
  };
  const runTask = (state: string, iteration = run): object => ({
    ...task("dump", "n1", { state, desired: "complete" }),
    JobIteration: { Index: iteration },
  });
  const moving = {
    nodes: [node("n0", {}, true), node("n1", here), node("n2", here)],
    services: [service("app"), dump],
    tasks: [task("app", "n0"), runTask("complete")],
  };

  test("is told that its complete run was the last one, before its node loses the label", () => {
    const seen = look(moving);
    expect(seen.writes.map(([id]) => id)).toEqual(["id-dump", "n1", "n2", "n0"]);
    expect(seen.writes[0]?.[1]).toEqual({
      ...dump.Spec,
      Labels: { [scheduleLabel]: "0 3 * * *", [endedRunLabel]: String(run + 1) },
      Mode: { ReplicatedJob: { MaxConcurrent: 1, TotalCompletions: 0 } },
    });
    expect(seen.again).toEqual([]);
  });

  test("keeps the label where it is until the Swarm has accepted that", () => {
    const refused = look({ ...moving, accepts: false });
    expect(refused.writes.map(([id]) => id)).toEqual(["id-dump"]);
    expect(refused.busy).toBe(true);
  });

  test.each<[string, readonly object[]]>([
    ["still runs", [runTask("running")]],
    ["failed", [runTask("failed")]],
    ["has no task yet, but an earlier run is complete", [runTask("complete", run - 1)]],
  ])("begins again on the new node if its run %s", (_, tasks) => {
    const seen = look({ ...moving, tasks: [task("app", "n0"), ...tasks] });
    expect(seen.writes.map(([id]) => id)).toEqual(["n1", "n2", "n0"]);
  });

  test("is left alone while its own group stays", () => {
    const nodes = [node("n0", here, true), node("n1", { "hive.with.gone": "true" })];
    const seen = look({ ...moving, nodes });
    expect(seen.writes.map(([id]) => id)).toEqual(["n1"]);
  });

  test("is not changed again when it wants no run", () => {
    const Mode = { ReplicatedJob: { MaxConcurrent: 1, TotalCompletions: 0 } };
    const services = [service("app"), { ...dump, Spec: { ...dump.Spec, Mode } }];
    expect(look({ ...moving, services }).writes.map(([id]) => id)).toEqual(["n1", "n2", "n0"]);
  });
});

test("the agent follows the constraints that the plan writes, and no others", () => {
  const constraint = fc.oneof(
    fc.constantFrom(
      "node.labels.hive.with.app==true",
      " node.labels.hive.with.app == True ",
      "node.labels.hive.with.app!=true",
      "node.labels.hive.with.app==false",
      "node.labels.hive.zone==true",
    ),
    fc.stringMatching(/^node\.labels\.[a-z.]{1,12} ?== ?(true|false)$/),
  );
  const samples = fc.sample(constraint, { numRuns: 60, seed: 7 });
  const looked = ask(
    samples.map((text) => ({
      self: "n0",
      nodes: [node("n0", {}, true)],
      services: [service("helper", [text])],
      tasks: [],
    })),
  );
  expect(looked.map(({ busy }) => busy)).toEqual(
    samples.map((text) => leaderOf([text]) !== undefined),
  );
});
