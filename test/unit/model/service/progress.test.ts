import { jobActivity, serviceProgress } from "../../../../model/service/progress";
import type { EngineNode } from "../../../../model/engine-api/node";
import type { EngineService } from "../../../../model/engine-api/service";
import type { EngineTask } from "../../../../model/engine-api/task";
import type {
  EngineContainerSpec,
  EngineTaskTemplate,
} from "../../../../model/engine-api/service-spec";

const wanted = { Image: "web@sha256:2" };
const old = { Image: "web@sha256:1" };

function service(
  mode: EngineService["Spec"]["Mode"],
  update?: string,
  template: Partial<EngineTaskTemplate> = {},
): EngineService {
  return {
    ID: "web",
    Spec: { Name: "web", TaskTemplate: { ContainerSpec: wanted, ...template }, Mode: mode },
    ...(update === undefined ? {} : { UpdateStatus: { State: update, Message: "because" } }),
  };
}

function node(
  id: string,
  state: EngineNode["Status"]["State"] = "ready",
  availability: EngineNode["Spec"]["Availability"] = "active",
  labels: Readonly<Record<string, string>> = {},
): EngineNode {
  return {
    ID: id,
    Description: { Hostname: `host-${id}` },
    Status: { State: state },
    Spec: { Availability: availability, Role: "manager", Labels: labels },
  };
}

let nextTask = 0;
function task(
  nodeId: string,
  state: string,
  spec: EngineContainerSpec = wanted,
  err?: string,
  template: Partial<EngineTaskTemplate> = {},
): EngineTask {
  nextTask++;
  return {
    ID: `task-${nextTask}`,
    NodeID: nodeId,
    DesiredState: ["running", "preparing", "starting", "pending"].includes(state)
      ? "running"
      : "shutdown",
    Status: {
      State: state,
      Timestamp: new Date(Date.UTC(2026, 0, 1) + nextTask * 1000).toISOString(),
      ...(err === undefined ? {} : { Err: err }),
    },
    Spec: { ContainerSpec: spec, ...template },
  };
}

const global = { Global: {} };
const three = [node("a"), node("b"), node("c")];
const progress = (
  what: EngineService,
  tasks: readonly EngineTask[],
  nodes: readonly EngineNode[] = three,
  updated = true,
  past?: ReadonlySet<string>,
): ReturnType<typeof serviceProgress> =>
  serviceProgress(what, tasks, nodes, {
    updated,
    ...(past === undefined ? {} : { past }),
  });

describe("a global service", () => {
  test("has converged when a task of the wanted kind runs on every host that takes tasks", () => {
    const tasks = ["a", "b", "c"].map((id) => task(id, "running"));
    expect(progress(service(global), tasks)).toEqual({ kind: "converged" });
  });

  test("waits for the host that has none, by name, and says what its task is doing", () => {
    const tasks = [task("a", "running"), task("b", "running"), task("c", "preparing")];
    expect(progress(service(global), tasks)).toEqual({
      kind: "waiting",
      detail: "preparing image, networks and volumes on host-c (2 of 3 healthy)",
      tasks: [],
    });
  });

  test("says of a start that goes as it should where it starts, and how far it is", () => {
    const tasks = [task("a", "starting"), task("b", "running"), task("c", "starting")];
    expect(progress(service(global), tasks)).toEqual({
      kind: "waiting",
      detail: "starting on host-a, host-c (1 of 3 healthy)",
      tasks: [],
    });
  });

  test("says which tasks are not healthy yet, which have no host and why, and how the last one ended", () => {
    const failed = task("a", "failed", wanted, "exit 1");
    const tasks = [
      task("a", "starting"),
      failed,
      task("b", "starting"),
      { ...task("", "pending", wanted, "no suitable node"), NodeID: "" },
    ];
    expect(progress(service(global), tasks)).toEqual({
      kind: "waiting",
      detail:
        "no task runs on host-a, host-b, host-c (starting on host-a, host-b; " +
        "pending: no suitable node; last one failed on host-a: exit 1)",
      tasks: [failed],
    });
  });

  test("does not wait for a host that is down or drained", () => {
    const nodes = [node("a"), node("b", "down"), node("c", "ready", "drain")];
    expect(progress(service(global), [task("a", "running")], nodes).kind).toBe("converged");
  });

  test("waits for every host that a new leader has not heard from yet", () => {
    const unknown = [node("a"), node("b", "unknown"), node("c", "unknown")];
    expect(
      progress(service(global), [task("a", "running"), task("b", "running", old)], unknown),
    ).toMatchObject({
      kind: "waiting",
      detail: expect.stringContaining("host-b, host-c") as string,
    });
    expect(
      progress(
        service(global),
        [task("a", "running"), task("b", "running")],
        [node("a", "unknown"), node("b", "unknown"), node("c", "down")],
      ).kind,
    ).toBe("converged");
  });

  describe("with placement constraints", () => {
    const onSsd = { Placement: { Constraints: ["node.labels.disk==ssd"] } };
    const nodes = [
      node("a", "ready", "active", { disk: "ssd" }),
      node("b", "ready", "active", { disk: "hdd" }),
      node("c"),
    ];
    const here = task("a", "running", wanted, undefined, onSsd);

    test("does not wait for hosts that they exclude", () => {
      expect(progress(service(global, undefined, onSsd), [here], nodes).kind).toBe("converged");
    });

    test("waits until the task on a host that they exclude now has gone", () => {
      const still = task("b", "running");
      expect(progress(service(global, undefined, onSsd), [here, still], nodes)).toMatchObject({
        kind: "waiting",
        detail: "a task still runs on host-b",
      });
    });

    test("takes a task for right that was there before them and may stay", () => {
      expect(progress(service(global, undefined, onSsd), [task("a", "running")], nodes).kind).toBe(
        "converged",
      );
    });

    test("that no host meets is no success", () => {
      expect(progress(service(global, undefined, onSsd), [], three)).toMatchObject({
        kind: "waiting",
        detail: "no host meets its placement constraints node.labels.disk==ssd",
      });
    });
  });

  test.each<[string, Partial<EngineTaskTemplate>]>([
    ["networks", { Networks: [{ Target: "net1" }] }],
    ["limits", { Resources: { Limits: { Pids: 5 } } }],
    ["log driver", { LogDriver: { Name: "journald" } }],
    ["restart counter", { ForceUpdate: 1 }],
  ])("has not converged while tasks with other %s run", (_what, template) => {
    const tasks = ["a", "b", "c"].map((id) => task(id, "running"));
    expect(progress(service(global, undefined, template), tasks).kind).toBe("waiting");
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

test("a task of an earlier release that the Swarm left when it scaled down is not what was wanted", () => {
  const one = service({ Replicated: { Replicas: 1 } }, "completed");
  const tasks = [task("a", "running"), task("b", "running", old)];
  expect(progress(one, tasks)).toMatchObject({
    kind: "waiting",
    detail: "1 of 1 tasks run, and one of an earlier release is left on host-b",
  });
  // One that only starts would run when nobody waits any more.
  const starting = [
    { ...task("a", "running"), Slot: 1 },
    { ...task("b", "starting"), Slot: 2 },
  ];
  expect(progress(one, starting)).toMatchObject({ kind: "waiting" });
  const stopping = tasks.map((each, index) =>
    index === 1 ? { ...each, DesiredState: "remove" } : each,
  );
  expect(progress(one, stopping).kind).toBe("converged");
});

describe("a replicated service with a limit of tasks on one host", () => {
  const one = { Placement: { MaxReplicas: 1 } };
  const wants = service({ Replicated: { Replicas: 3 } }, undefined, one);
  const running = (id: string): EngineTask => task(id, "running", wanted, undefined, one);

  test("does not wait for the task that has no host left", () => {
    const nodes = [node("a"), node("b"), node("c", "down")];
    expect(progress(wants, [running("a"), running("b")], nodes).kind).toBe("converged");
    expect(progress(wants, [running("a")], nodes)).toMatchObject({
      kind: "waiting",
      detail: "1 of 2 tasks run",
    });
  });

  test("without any host is no success", () => {
    expect(progress(wants, [], [node("a", "ready", "drain")]).kind).toBe("waiting");
  });
});

test("a service of no task has converged at once", () => {
  expect(progress(service({ Replicated: { Replicas: 0 } }), []).kind).toBe("converged");
});

describe("a job", () => {
  const job = (
    iteration: number,
    total = 1,
    retries = 0,
    current: Partial<EngineService> = {},
  ): EngineService => ({
    ID: "job",
    Spec: {
      Name: "job",
      TaskTemplate: {
        ContainerSpec: wanted,
        RestartPolicy: {
          Condition: retries === 0 ? "none" : "on-failure",
          MaxAttempts: retries,
        },
      },
      Mode: { ReplicatedJob: { MaxConcurrent: 1, TotalCompletions: total } },
    },
    JobStatus: { JobIteration: iteration === 0 ? {} : { Index: iteration } },
    ...current,
  });
  const run = (iteration: number, state: string, err?: string): EngineTask => ({
    ...task("a", state, wanted, err),
    DesiredState: ["failed", "rejected"].includes(state) ? "shutdown" : "complete",
    JobIteration: iteration === 0 ? {} : { Index: iteration },
  });

  test("is waited for until its task has completed", () => {
    expect(progress(job(0), [])).toMatchObject({ kind: "waiting" });
    expect(progress(job(0), [run(0, "running")])).toMatchObject({
      kind: "waiting",
      detail: "the job has not ended (running on host-a)",
    });
    expect(progress(job(0), [run(0, "complete")]).kind).toBe("converged");
    // Also when it had ended before it was looked at first: it is adopted as it is.
    const ended = run(0, "complete");
    expect(progress(job(0), [ended], three, false, new Set([ended.ID])).kind).toBe("converged");
  });

  test("that was changed runs again: what an earlier run did says nothing", () => {
    expect(progress(job(2), [run(1, "complete")]).kind).toBe("waiting");
    expect(progress(job(2), [run(1, "failed", "exit 1"), run(2, "complete")]).kind).toBe(
      "converged",
    );
  });

  test("has failed when its retries are used up, not before", () => {
    const failures = [1, 2, 3].map(() => run(1, "failed", "exit 3"));
    expect(progress(job(1, 1, 2), [...failures.slice(1), run(1, "running")]).kind).toBe("waiting");
    expect(progress(job(1, 1, 2), failures)).toMatchObject({
      kind: "failed",
      detail: "the job failed 3 times",
      tasks: [...failures].reverse(),
    });
    expect(progress(job(1), failures.slice(2))).toMatchObject({ detail: "the job failed" });
  });

  test("that something else starts has converged at once", () => {
    expect(progress(job(0, 0), []).kind).toBe("converged");
  });

  test.each([
    ["idle before its first run", job(0, 0), [], "idle"],
    ["starting when the run has no task yet", job(1), [], "starting"],
    ["running while a task is on its way", job(1), [run(1, "preparing")], "running"],
    ["running between two attempts", job(1, 1, 2), [run(1, "failed"), run(1, "ready")], "running"],
    ["idle after it has completed", job(1), [run(1, "complete")], "idle"],
    ["idle after it has failed", job(1), [run(1, "failed")], "idle"],
  ])("is %s", (_when, what, tasks, expected) => {
    expect(jobActivity(what, tasks)).toBe(expected);
  });
});

describe("an update", () => {
  const running = ["a", "b", "c"].map((id) => task(id, "running"));

  test("that is being rolled out is waited for, even while all old tasks run", () => {
    expect(progress(service(global, "updating"), running).kind).toBe("waiting");
  });

  test("never speaks of an empty list of hosts", () => {
    const moving = [...running, task("a", "preparing")];
    expect(progress(service(global, "updating"), moving)).toMatchObject({
      detail: expect.stringMatching(
        /^the change is being rolled out: 3 of 3 tasks run \(/,
      ) as string,
    });
  });

  test("that is being rolled back is waited for, so that the error is about its end", () => {
    const back = [task("a", "running"), task("b", "running", old), task("c", "running")];
    expect(progress(service(global, "rollback_started"), back)).toMatchObject({
      kind: "waiting",
      detail: "the change failed and is being rolled back: no task runs on host-b",
    });
  });

  test("names the task that made the engine turn back, also when it ended with code 0", () => {
    const unhealthy = task("a", "complete", old);
    const failed = task("b", "failed", old, "exit 1");
    const message = `update rolled back due to failure or early termination of task ${unhealthy.ID.replace("-", "")}`;
    const named = { ...unhealthy, ID: unhealthy.ID.replace("-", "") };
    const turned = (state: string, text: string): EngineService => ({
      ...service(global, state),
      UpdateStatus: { State: state, Message: text },
    });
    expect(
      progress(turned("rollback_started", message), [...running, named, failed]),
    ).toMatchObject({ kind: "waiting", tasks: [named, failed] });
    // The engine forgets its name when it is done.
    expect(
      progress(turned("rollback_completed", "rollback completed"), [...running, named]),
    ).toMatchObject({
      kind: "failed",
      detail: "the update of web failed; the previous release is running again",
      tasks: [named],
    });
  });

  test("is told with the release that runs again, or with what keeps it from running", () => {
    const image = `registry:5000/web@sha256:610449ea02a1${"0".repeat(52)}`;
    const again = { Image: image };
    const back: EngineService = {
      ...service(global, "rollback_completed"),
      Spec: {
        ...service(global).Spec,
        TaskTemplate: { ...service(global).Spec.TaskTemplate, ContainerSpec: again },
      },
    };
    const on = (...nodes: string[]) => nodes.map((node) => task(node, "running", again));
    expect(progress(back, on("a", "b", "c"))).toMatchObject({
      kind: "failed",
      detail: "the update of web failed; the previous release (610449ea02a1) is running again",
    });
    expect(progress(back, on("a", "b"))).toMatchObject({
      kind: "failed",
      detail:
        "the update of web failed; the previous release (610449ea02a1) was put back, but of it no task runs on host-c",
    });
  });

  test("is told when the previous release had no task: nothing runs then", () => {
    const none = { ...service({ Replicated: { Replicas: 0 } }, "rollback_completed") };
    expect(progress(none, [])).toMatchObject({
      kind: "failed",
      detail:
        "the update of web failed; the previous release is back; it had no task when the update began",
    });
  });

  test("is not blamed for how tasks from before it ended", () => {
    const before = [task("a", "failed", old, "exit 9"), task("b", "complete", old)];
    const past = new Set(before.map(({ ID }) => ID));
    const end = progress(
      service(global, "rollback_started"),
      [...running, ...before],
      three,
      true,
      past,
    );
    expect(end).toMatchObject({ kind: "waiting", tasks: [] });
    expect(JSON.stringify(end)).not.toContain("exit 9");
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
    expect(progress(service(global, "paused"), running, three, false).kind).toBe("converged");
  });

  test.each(["paused", "rollback_paused"])(
    "of an earlier run that is %s and has left old tasks has to be begun again",
    (state) => {
      const half = [...running.slice(1), task("a", "running", old)];
      expect(progress(service(global, state), half, three, false)).toMatchObject({
        kind: "failed",
        detail: `the update is ${state} (because)`,
      });
    },
  );
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

  test("is given up at once when its task ended well and only failures are reasons to start it again", () => {
    const policy = { RestartPolicy: { Condition: "on-failure" } };
    const ended = task("a", "complete", wanted, undefined, policy);
    expect(progress(service(global, undefined, policy), [ended], three, false)).toMatchObject({
      kind: "failed",
      detail: expect.stringContaining("ended successfully") as string,
      tasks: [ended],
    });
    const moved = [ended, task("a", "starting", wanted, undefined, policy)];
    expect(progress(service(global, undefined, policy), moved, three, false).kind).toBe("waiting");
    const failed = task("a", "failed", wanted, "exit 1", policy);
    expect(progress(service(global, undefined, policy), [failed], three, false).kind).toBe(
      "waiting",
    );
  });

  test("is given up as well when its task ends well, but again and again", () => {
    const ended = [1, 2, 3].map(() => task("a", "complete"));
    expect(progress(service(global), ended, three, false).kind).toBe("failed");
  });

  test("is given up as soon as its restart policy allows no more", () => {
    const never = { RestartPolicy: { Condition: "none" } };
    const ended = task("a", "failed", wanted, "exit 1", never);
    expect(progress(service(global, undefined, never), [ended], three, false)).toMatchObject({
      kind: "failed",
      detail: "its tasks ended, and its restart policy allows no further restart",
    });
  });

  test("is not given up while its failures are further apart than its restart policy's window", () => {
    const kind = (windowSeconds: number): string => {
      const template = {
        RestartPolicy: { Condition: "any", MaxAttempts: 1, Window: windowSeconds * 1e9 },
      };
      const ended = [1, 2].map(() => task("a", "failed", wanted, "exit 1", template));
      return progress(service(global, undefined, template), ended, three, false).kind;
    };
    // Tasks of these tests end one second after the other.
    expect([kind(0), kind(10), kind(0.5)]).toEqual(["failed", "failed", "waiting"]);
  });

  test("is not given up for failures of the past", () => {
    const failed = [1, 2, 3].map(() => task("a", "failed", wanted, "exit 1"));
    const past = new Set(failed.map(({ ID }) => ID));
    expect(progress(service(global), failed, three, false, past).kind).toBe("waiting");
  });

  test("says of which task it is given up by the times at which they ended, as times", () => {
    const at = (time: string): EngineTask => {
      const failed = task("a", "failed", wanted, time);
      return { ...failed, Status: { ...failed.Status, Timestamp: time } };
    };
    // An engine leaves zeros at the end of decimals out: as texts, the order would be another one.
    const times = ["2026-01-01T00:00:01Z", "2026-01-01T00:00:01.2Z", "2026-01-01T00:00:01.15Z"];
    const end = progress(service(global), times.map(at), three, false);
    const tasks = end.kind === "failed" ? end.tasks : [];
    expect(tasks.map(({ Status }) => Status.Err)).toEqual([times[1], times[2], times[0]]);
  });

  test("is not given up for one failure on each of three hosts", () => {
    const failed = ["a", "b", "c"].map((id) => task(id, "failed", wanted, "exit 1"));
    expect(progress(service(global), failed, three, false).kind).toBe("waiting");
  });
});
