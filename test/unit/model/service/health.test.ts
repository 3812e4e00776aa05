import fc from "fast-check";

import type { EngineNode } from "../../../../model/engine-api/node";
import type { EngineService } from "../../../../model/engine-api/service";
import type {
  EngineServiceSpec,
  EngineTaskTemplate,
} from "../../../../model/engine-api/service-spec";
import type { EngineTask } from "../../../../model/engine-api/task";
import { jobState, serviceHealth, serviceMode, tasksOfRun } from "../../../../model/service/health";
import { needsIpvs } from "../../../../model/service/ipvs";
import { serviceProgress } from "../../../../model/service/progress";
import { endedRunLabel } from "../../../../model/swarm/labels";

type State = EngineNode["Status"]["State"];
type Availability = EngineNode["Spec"]["Availability"];

const wanted = { Image: "web@sha256:2" };
const old = { Image: "web@sha256:1" };

function service(
  mode: EngineServiceSpec["Mode"],
  template: Partial<EngineTaskTemplate> = {},
): EngineService {
  return {
    ID: "web",
    Spec: { Name: "web", Mode: mode, TaskTemplate: { ContainerSpec: wanted, ...template } },
  };
}

function node(id: string, state: State = "ready", availability: Availability = "active") {
  return {
    ID: id,
    Description: { Hostname: `host-${id}` },
    Status: { State: state },
    Spec: { Role: "manager", Availability: availability, Labels: {} },
  } satisfies EngineNode;
}

const task = (
  on: string,
  state = "running",
  desired = "running",
  what: EngineTaskTemplate["ContainerSpec"] = wanted,
): EngineTask => ({
  ID: `${on}-${state}-${desired}-${what.Image}`,
  NodeID: on,
  DesiredState: desired,
  Status: { State: state },
  Spec: { ContainerSpec: what },
});

const global = { Global: {} };
const three = [node("a"), node("b"), node("c")];
const all = ["a", "b", "c"].map((id) => task(id));
const replicas = (count: number) => ({ Replicated: { Replicas: count } });
const onePerHost = { Placement: { MaxReplicas: 1 } };
const nowhere = { Placement: { Constraints: ["node.labels.disk==ssd"] } };

test.each([
  ["a task on each host", service(global), all, three, [3, 3, 3, 0]],
  ["a host is lost", service(global), all, [...three.slice(1), node("a", "down")], [3, 2, 2, 0]],
  [
    "a new leader has not heard of a host yet",
    service(global),
    all,
    [...three.slice(1), node("a", "unknown")],
    [3, 3, 3, 0],
  ],
  [
    "a host is drained",
    service(global),
    all.slice(1),
    [...three.slice(1), node("a", "ready", "drain")],
    [2, 2, 2, 0],
  ],
  [
    "a paused host keeps its task",
    service(global),
    all,
    [...three.slice(1), node("a", "ready", "pause")],
    [3, 3, 3, 0],
  ],
  [
    "a paused host that has no task gets none",
    service(global),
    all.slice(1),
    [...three.slice(1), node("a", "ready", "pause")],
    [2, 2, 2, 0],
  ],
  ["no host is allowed", service(global, nowhere), [], three, [1, 0, 0, 0]],
  [
    "tasks of an earlier version run",
    service(global),
    [task("a"), task("b", "running", "running", old), task("c", "running", "shutdown", old)],
    three,
    [3, 3, 1, 1],
  ],
  ["replicas", service(replicas(2)), all.slice(1), three, [2, 2, 2, 0]],
  [
    "a replica on a lost host that its manager has not given up yet",
    service(replicas(3)),
    all,
    [...three.slice(1), node("a", "down")],
    [3, 3, 2, 0],
  ],
  [
    "more replicas than hosts may hold",
    service(replicas(3), onePerHost),
    all.slice(1),
    [...three.slice(1), node("a", "ready", "drain")],
    [2, 2, 2, 0],
  ],
  [
    "one for each host, and a host is lost",
    service(replicas(3), onePerHost),
    all,
    [...three.slice(1), node("a", "down")],
    [3, 2, 2, 0],
  ],
  ["none", service(replicas(0)), [], three, [0, 0, 0, 0]],
] as const)("%s", (_when, what, tasks, nodes, [wants, may, runs, older]) => {
  const health = serviceHealth(what, tasks, nodes);
  expect({
    wanted: health.wanted,
    possible: health.possible,
    running: health.running.length,
    older: health.older.length,
  }).toEqual({ wanted: wants, possible: may, running: runs, older });
});

test.each([
  [global, "global"],
  [replicas(1), "replicated"],
  [{ ReplicatedJob: { TotalCompletions: 1 } }, "job"],
  [{ GlobalJob: {} }, "job"],
  // An engine leaves the number of one replica out, and never the word.
  [{ Replicated: {} }, "replicated"],
] as const)("the mode %j is %s", (Mode, mode) => {
  expect(serviceMode({ Mode })).toBe(mode);
});

describe("a job", () => {
  const job = (total = 1, retries = 0) =>
    service(
      { ReplicatedJob: { MaxConcurrent: 1, TotalCompletions: total } },
      {
        RestartPolicy: {
          Condition: retries === 0 ? "none" : "on-failure",
          MaxAttempts: retries,
        },
      },
    );
  const ran = (state: string): EngineTask =>
    task("a", state, state === "shutdown" ? "shutdown" : "complete");

  test.each([
    ["has not run", job(), [], "never run"],
    ["waits for its time", job(0), [], "never run"],
    ["is on its way", job(), [ran("preparing")], "running"],
    ["has completed", job(), [ran("complete")], "complete"],
    ["has completed one of two", job(2), [ran("complete")], "running"],
    ["has failed", job(), [ran("failed")], "failed"],
    ["has failed once of three times", job(1, 2), [ran("failed")], "running"],
    ["has failed and then completed", job(1, 2), [ran("failed"), ran("complete")], "complete"],
    ["moves to another host", job(), [ran("shutdown")], "running"],
  ] as const)("that %s", (_what, what, tasks, state) => {
    expect(jobState(what, tasks)).toBe(state);
  });

  test.each([
    ["its tasks known", [ran("failed"), ran("complete")], 2],
    ["its tasks forgotten", [], 0],
  ] as const)("at rest after a complete run, %s, is complete", (_what, tasks, known) => {
    const last = 4;
    const atRest = (ended: number): EngineService => {
      const { Spec, ...rest } = job(0);
      return {
        ...rest,
        Spec: { ...Spec, Labels: { [endedRunLabel]: String(ended) } },
        JobStatus: { JobIteration: { Index: last + 1 } },
      };
    };
    const older = tasks.map((each) => ({ ...each, JobIteration: { Index: last } }));
    expect(jobState(atRest(last + 1), older)).toBe("complete");
    expect(tasksOfRun(atRest(last + 1), older)).toHaveLength(known);
    // The label of an earlier rest says nothing about the change that came after it.
    expect(jobState(atRest(last), older)).toBe("never run");
  });

  test("whatever its tasks, a run does not wait for one that status calls ended", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.constantFrom("preparing", "running", "complete", "failed", "rejected", "shutdown"),
          { maxLength: 6 },
        ),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 0, max: 3 }),
        (states, total, retries) => {
          const tasks = states.map(ran);
          const state = jobState(job(total, retries), tasks);
          const { kind } = serviceProgress(job(total, retries), tasks, three, { updated: false });
          expect(kind).toBe(
            state === "complete" ? "converged" : state === "failed" ? "failed" : "waiting",
          );
        },
      ),
    );
  });
});

const anyNode = fc
  .tuple(
    fc.constantFrom<State>("ready", "down", "unknown", "disconnected"),
    fc.constantFrom<Availability>("active", "pause", "drain"),
  )
  .map(([state, availability]) => ({ state, availability }));
const anyTask = fc.record({
  on: fc.constantFrom("n0", "n1", "n2", "gone"),
  state: fc.constantFrom("running", "starting", "failed", "pending"),
  desired: fc.constantFrom("running", "shutdown", "remove"),
  what: fc.constantFrom(wanted, old),
});
const anyMode = fc.oneof(
  fc.constant(global),
  fc.integer({ min: 0, max: 4 }).map((count) => replicas(count)),
);

test("a run that has converged and status never differ in what runs, and nothing runs on what is lost", () => {
  fc.assert(
    fc.property(
      fc.array(anyNode, { minLength: 1, maxLength: 3 }),
      fc.array(anyTask, { maxLength: 6 }),
      anyMode,
      fc.integer({ min: 0, max: 2 }),
      (states, tasks, mode, perHost) => {
        const nodes = states.map((each, index) => node(`n${index}`, each.state, each.availability));
        const template = perHost === 0 ? {} : { Placement: { MaxReplicas: perHost } };
        const what = service(mode, template);
        const listed = tasks.map((each, index) => ({
          ...task(each.on, each.state, each.desired, each.what),
          ID: `t${index}`,
        }));
        const health = serviceHealth(what, listed, nodes);
        const lost = nodes.filter(({ Status }) => ["down", "disconnected"].includes(Status.State));
        for (const { NodeID } of [...health.running, ...health.older]) {
          expect(lost.map(({ ID }) => ID)).not.toContain(NodeID);
          expect(NodeID).not.toBe("gone");
        }
        expect(health.possible).toBeLessThanOrEqual(health.wanted);
        const { kind } = serviceProgress(what, listed, nodes, { updated: false });
        if (kind === "converged" && "Replicated" in mode) {
          expect(health.running).toHaveLength(health.possible);
        }
        if (kind === "converged") {
          expect(health.running.length).toBeGreaterThanOrEqual(health.possible);
        }
      },
    ),
  );
});

test.each<[string, EngineServiceSpec["EndpointSpec"], object[], boolean]>([
  ["a virtual address in a network", { Mode: "vip" }, [{}], true],
  ["what an engine does when nothing is said", undefined, [{}], true],
  [
    "no network, a port of the host",
    { Ports: [{ TargetPort: 80, PublishMode: "host" }] },
    [],
    false,
  ],
  ["names only", { Mode: "dnsrr" }, [{}], false],
  ["a port in the routing mesh", { Ports: [{ TargetPort: 80, PublishMode: "ingress" }] }, [], true],
])("whether IPVS is needed: %s", (_what, EndpointSpec, Networks, expected) => {
  const { Spec } = service(global, { Networks });
  const endpoint = EndpointSpec === undefined ? {} : { EndpointSpec };
  expect(needsIpvs({ ...Spec, ...endpoint })).toBe(expected);
  expect(needsIpvs({ ...Spec, ...endpoint, Mode: { ReplicatedJob: {} } })).toBe(false);
});
