import { stallOf } from "../../../../model/service/rollout-stall";
import type { EngineNode } from "../../../../model/engine-api/node";
import type { EngineService } from "../../../../model/engine-api/service";
import type { EngineTask } from "../../../../model/engine-api/task";

const wanted = { Image: "web@sha256:2" };
const old = { Image: "web@sha256:1" };
const global = { Global: {} };
const two = { Replicated: { Replicas: 2 } };

function service(
  update: string | undefined,
  mode: EngineService["Spec"]["Mode"] = global,
  constraints: readonly string[] = [],
): EngineService {
  return {
    ID: "web",
    Spec: {
      Name: "web",
      TaskTemplate: { ContainerSpec: wanted, Placement: { Constraints: constraints } },
      Mode: mode,
    },
    ...(update === undefined ? {} : { UpdateStatus: { State: update } }),
  };
}

function node(id: string, state: EngineNode["Status"]["State"] = "ready"): EngineNode {
  return {
    ID: id,
    Description: { Hostname: `host-${id}` },
    Status: { State: state },
    Spec: { Availability: "active", Role: "manager", Labels: {} },
  };
}

let nextTask = 0;
function task(
  place: string | number,
  desired: string,
  state: string,
  more: { readonly error?: string; readonly spec?: typeof wanted } = {},
): EngineTask {
  nextTask++;
  return {
    ID: `task-${nextTask}`,
    ...(typeof place === "string" ? { NodeID: place } : { Slot: place }),
    DesiredState: desired,
    Status: { State: state, ...(more.error === undefined ? {} : { Err: more.error }) },
    Spec: { ContainerSpec: more.spec ?? wanted },
  };
}

const nodes = [node("a"), node("b"), node("c")];
const portInUse = "host-mode port already in use on 1 node";
const kindOf = (
  what: EngineService,
  tasks: readonly EngineTask[],
  among: readonly EngineNode[] = nodes,
): string | undefined => stallOf(what, tasks, among)?.kind;

describe("a roll-out waits for a lost host", () => {
  const among = [node("a"), node("b", "down"), node("c", "disconnected"), node("d", "unknown")];
  test.each([
    ["a task there has not ended", "updating", task("b", "running", "running"), true],
    ["a new task there never started", "updating", task("c", "running", "assigned"), true],
    ["the change is rolled back", "rollback_started", task("b", "shutdown", "running"), true],
    ["a new leader has not heard from it", "updating", task("d", "running", "running"), false],
    ["the task there has ended", "updating", task("b", "shutdown", "shutdown"), false],
    ["tasks move on living hosts only", "updating", task("a", "running", "preparing"), false],
    ["nothing is rolled out", undefined, task("b", "running", "running"), false],
  ])("when %s", (_when, update, one, expected) => {
    expect(kindOf(service(update), [one], among) === "lost-host").toBe(expected);
  });
});

describe("the next task of a host waits for one that can never end", () => {
  const next = task("a", "ready", "ready");
  const neverStarted = task("a", "shutdown", "pending", { error: portInUse });

  test("which was never given to its engine", () => {
    const elsewhere = task("b", "running", "starting");
    expect(stallOf(service("rollback_started"), [next, neverStarted, elsewhere], nodes)).toEqual({
      kind: "held",
      tasks: [next, neverStarted],
      hosts: ["host-a"],
      nodes: ["a"],
    });
  });

  test.each([
    ["the other one is on another host", [next, task("b", "shutdown", "pending")]],
    ["its engine has the other one, and ends it", [next, task("a", "shutdown", "running")]],
    ["it has not got the place yet itself", [task("a", "ready", "pending"), neverStarted]],
    ["it starts", [task("a", "running", "starting"), neverStarted]],
  ])("but not when %s", (_when, tasks) => {
    expect(kindOf(service("rollback_started"), tasks)).toBeUndefined();
  });

  test("and a service that is not global has no place to free", () => {
    expect(kindOf(service("rollback_started", two), [next, neverStarted])).toBeUndefined();
  });
});

describe("two tasks are to run in one place", () => {
  test("of which one holds what the other one needs", () => {
    const running = task("a", "running", "running");
    const pending = task("a", "running", "pending", { error: portInUse });
    expect(stallOf(service("rollback_started"), [running, pending], nodes)).toEqual({
      kind: "doubled",
      tasks: [running, pending],
      hosts: ["host-a"],
    });
    const replicas = [
      task(1, "running", "running"),
      task(1, "ready", "new"),
      task(2, "running", "running"),
    ];
    expect(kindOf(service("updating", two), replicas)).toBe("doubled");
  });

  test("while a new one is started before the old one stops, that is as it is to be", () => {
    const before = task(1, "running", "running", { spec: old });
    expect(kindOf(service("updating", two), [before, task(1, "running", "starting")])).toBe(
      undefined,
    );
    const lacking = task(1, "running", "pending", { error: "insufficient resources on 3 nodes" });
    expect(kindOf(service("updating", two), [before, lacking])).toBe("no-place");
  });
});

describe("more replicas are to run than are wanted", () => {
  const left = task(3, "running", "running", { spec: old });

  test("for the Swarm passed one over when it scaled down", () => {
    const tasks = [task(1, "running", "running"), task(2, "running", "starting"), left];
    expect(stallOf(service("completed", two), tasks, nodes)).toMatchObject({
      kind: "surplus",
      tasks,
    });
    expect(kindOf(service(undefined, { Replicated: {} }), [tasks[0]!, left])).toBe("surplus");
  });

  test("an update that goes on is not disturbed", () => {
    expect(
      kindOf(service("updating", two), [
        task(1, "running", "running"),
        task(2, "running", "running"),
        left,
      ]),
    ).toBeUndefined();
  });

  test.each([
    ["one is being stopped", [task(2, "running", "running"), task(3, "remove", "running")]],
    ["one has ended", [task(2, "running", "running"), task(3, "running", "failed")]],
    [
      "one takes the place of another",
      [task(2, "running", "running", { spec: old }), task(2, "ready", "ready")],
    ],
  ])("but not when %s", (_when, tasks) => {
    const all = [task(1, "running", "running"), ...tasks];
    expect(kindOf(service("updating", two), all)).toBeUndefined();
  });
});

describe("the scheduler finds no place", () => {
  test.each([
    [
      "memory",
      "insufficient resources on 3 nodes",
      /insufficient resources on 3 nodes\. .*reservations/,
    ],
    ["a port", portInUse, /port already in use on 1 node\. .*docker service ls/],
    ["what its placement asks for", "no suitable node", /no suitable node\. .*docker node inspect/],
  ])("for want of %s", (_what, error, reason) => {
    const pending = task(1, "running", "pending", { error });
    expect(
      stallOf(service(undefined, two), [pending, task(2, "running", "running")], nodes),
    ).toEqual({
      kind: "no-place",
      tasks: [pending],
      reason: expect.stringMatching(reason) as string,
      waitsForPort: error === portInUse,
    });
  });

  test("for want of addresses: the task is not even given to it", () => {
    expect(stallOf(service(undefined, two), [task(1, "running", "new")], nodes)).toMatchObject({
      kind: "no-place",
      reason: expect.stringContaining("larger subnet") as string,
    });
  });

  const pending = task(1, "running", "pending", { error: "no suitable node" });
  const limit = { error: "no suitable node (max replicas per node limit exceed on 3 nodes)" };
  test.each([
    ["another task is on its way", [pending, task(2, "running", "preparing")], nodes],
    ["a host may come back", [pending], [...nodes.slice(1), node("a", "down")]],
    ["its own limit for each host leaves it out", [task(1, "running", "pending", limit)], nodes],
    ["every task runs", [task(1, "running", "running")], nodes],
  ])("but not when %s", (_when, tasks, among) => {
    expect(kindOf(service(undefined, two), tasks, among)).toBeUndefined();
  });

  test("a host that its constraints leave out is not waited for", () => {
    const among = [node("b"), node("a", "down")];
    expect(kindOf(service(undefined, two, ["node.id!=a"]), [pending], among)).toBe("no-place");
  });

  test("a job is waited for in its own way", () => {
    const job = { ReplicatedJob: { TotalCompletions: 1 } };
    expect(kindOf(service(undefined, job), [task(1, "complete", "pending")])).toBeUndefined();
  });
});
