import { isDeepStrictEqual } from "node:util";

import {
  type EngineNode,
  type EngineService,
  type EngineTask,
  serviceProgress,
  waitsForLostHost,
} from "../../../model/service-progress";

const wanted = { Image: "web@sha256:2" };
const old = { Image: "web@sha256:1" };

function service(mode: EngineService["Spec"]["Mode"], update?: string): EngineService {
  return {
    Spec: { TaskTemplate: { ContainerSpec: wanted }, Mode: mode },
    ...(update === undefined ? {} : { UpdateStatus: { State: update, Message: "because" } }),
  };
}

function node(id: string, state = "ready", availability = "active"): EngineNode {
  return {
    ID: id,
    Description: { Hostname: `host-${id}` },
    Status: { State: state },
    Spec: { Availability: availability },
  };
}

let nextTask = 0;
function task(nodeId: string, state: string, spec: object = wanted, err?: string): EngineTask {
  nextTask++;
  return {
    ID: `task-${nextTask}`,
    NodeID: nodeId,
    DesiredState: state === "running" || state === "preparing" ? "running" : "shutdown",
    Status: {
      State: state,
      Timestamp: `2026-01-01T00:00:${String(nextTask).padStart(2, "0")}Z`,
      ...(err === undefined ? {} : { Err: err }),
    },
    Spec: { ContainerSpec: spec },
  };
}

const global = { Global: {} };
const three = [node("a"), node("b"), node("c")];
const progress = (
  what: EngineService,
  tasks: readonly EngineTask[],
  nodes: readonly EngineNode[] = three,
  updated = true,
): ReturnType<typeof serviceProgress> =>
  serviceProgress(what, tasks, nodes, updated, isDeepStrictEqual);

describe("a global service", () => {
  test("has converged when a task of the wanted kind runs on every host that takes tasks", () => {
    const tasks = ["a", "b", "c"].map((id) => task(id, "running"));
    expect(progress(service(global), tasks)).toEqual({ kind: "converged" });
  });

  test("waits for the host that has none, by name, and says what its task is doing", () => {
    const tasks = [task("a", "running"), task("b", "running"), task("c", "preparing")];
    expect(progress(service(global), tasks)).toEqual({
      kind: "waiting",
      detail: "no task runs on host-c (preparing)",
    });
  });

  test("does not wait for a host that is down or drained", () => {
    const nodes = [node("a"), node("b", "down"), node("c", "ready", "drain")];
    expect(progress(service(global), [task("a", "running")], nodes).kind).toBe("converged");
  });

  test("has not converged while tasks of the old kind run", () => {
    const tasks = ["a", "b", "c"].map((id) => task(id, "running", old));
    expect(progress(service(global), tasks).kind).toBe("waiting");
  });
});

describe("a replicated service", () => {
  const two = { Replicated: { Replicas: 2 } };
  test.each([
    [1, "waiting"],
    [2, "converged"],
    [3, "waiting"],
  ])("wants 2 tasks: with %i it is %s", (count, kind) => {
    const tasks = Array.from({ length: count }, () => task("a", "running"));
    expect(progress(service(two), tasks).kind).toBe(kind);
  });
});

describe("an update", () => {
  const running = ["a", "b", "c"].map((id) => task(id, "running"));

  test("that is being rolled out is waited for, even while all old tasks run", () => {
    expect(progress(service(global, "updating"), running).kind).toBe("waiting");
  });

  test("that is being rolled back is waited for, so that the error is about its end", () => {
    expect(progress(service(global, "rollback_started"), running).kind).toBe("waiting");
  });

  test.each(["paused", "rollback_paused", "rollback_completed"])(
    "that ended in %s failed, with the newest failure",
    (state) => {
      const first = task("a", "failed", old, "exit 1");
      const second = task("b", "rejected", old, "no such image");
      const end = progress(service(global, state), [...running, first, second]);
      expect(end).toMatchObject({ kind: "failed", tasks: [second, first] });
    },
  );

  test("of an earlier run says nothing about this one", () => {
    expect(progress(service(global, "rollback_completed"), running, three, false).kind).toBe(
      "converged",
    );
  });
});

describe("a new service", () => {
  test("is given up when the third task failed in the same place", () => {
    const failed = [1, 2, 3].map(() => task("a", "failed", wanted, "exit 1"));
    expect(progress(service(global), failed.slice(0, 2), three, false).kind).toBe("waiting");
    expect(progress(service(global), failed, three, false)).toMatchObject({
      kind: "failed",
      tasks: [...failed].reverse(),
    });
  });

  test("is not given up for one failure on each of three hosts", () => {
    const failed = ["a", "b", "c"].map((id) => task(id, "failed", wanted, "exit 1"));
    expect(progress(service(global), failed, three, false).kind).toBe("waiting");
  });
});

describe("whether a roll-out waits for a lost host", () => {
  const rolling = service(global, "updating");
  const nodes = [node("a"), node("b", "down"), node("c", "unknown")];

  test.each([
    ["a task there has not ended", rolling, [task("b", "running", old)], true],
    ["a new task there never started", rolling, [task("c", "assigned")], true],
    ["the task there has ended", rolling, [task("b", "shutdown", old)], false],
    ["tasks move on living hosts only", rolling, [task("a", "preparing")], false],
    ["nothing is rolled out", service(global), [task("b", "running", old)], false],
  ])("when %s", (_when, what, tasks, expected) => {
    expect(waitsForLostHost(what, tasks, nodes)).toBe(expected);
  });
});
