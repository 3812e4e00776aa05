import { drainProgress, reasonsNotToDrain, servicesOn } from "../../../cli/hosts/drained-host";
import type { SwarmFacts } from "../../../cli/swarm/facts";
import type { EngineNode } from "../../../model/engine-api/node";
import type { EngineTask } from "../../../model/engine-api/task";

const node = (
  name: string,
  state: EngineNode["Status"]["State"] = "ready",
  reachability: "reachable" | "unreachable" = "reachable",
  availability: EngineNode["Spec"]["Availability"] = "active",
): EngineNode => ({
  ID: name,
  Description: { Hostname: name },
  Status: { State: state },
  Spec: { Role: "manager", Availability: availability },
  ManagerStatus: { Reachability: reachability },
});

test.each<[string, EngineNode[], RegExp | undefined]>([
  ["all are there", [node("a"), node("b"), node("c")], undefined],
  ["it is itself the one that is missing", [node("a", "down"), node("b"), node("c")], undefined],
  ["another one is down", [node("a"), node("b", "down"), node("c")], /^b is unreachable/],
  [
    "another manager does not answer",
    [node("a"), node("b", "ready", "unreachable"), node("c")],
    /^b is unreachable/,
  ],
  [
    "another one is drained",
    [node("a"), node("b", "ready", "reachable", "drain"), node("c")],
    /^b is already drained or paused/,
  ],
  [
    "two are gone",
    [node("a"), node("b", "down"), node("c", "unknown")],
    /^b and c are unreachable/,
  ],
])("whether a server may be drained when %s", (_, nodes, reason) => {
  const reasons = reasonsNotToDrain(nodes, "a");
  if (reason === undefined) expect(reasons).toEqual([]);
  else expect(reasons).toEqual([expect.stringMatching(reason)]);
});

const now = Date.parse("2026-12-01T12:00:00Z");
const task = (
  service: string,
  nodeId: string,
  state: string,
  more: Partial<EngineTask> = {},
): EngineTask => ({
  ID: `${service}-${nodeId}-${state}`,
  ServiceID: service,
  NodeID: nodeId,
  DesiredState: "running",
  Status: { State: state },
  ...more,
});
const template = { ContainerSpec: { Image: "store" } };
const facts = (...tasks: EngineTask[]): SwarmFacts => ({
  nodes: [node("a"), node("b")],
  configs: [],
  services: [
    {
      ID: "store",
      Spec: { Name: "store", Mode: { Replicated: { Replicas: 1 } }, TaskTemplate: template },
    },
    { ID: "web", Spec: { Name: "web", Mode: { Global: {} }, TaskTemplate: template } },
  ],
  tasks,
});
const noServer = (seconds: number) =>
  task("store", "", "pending", {
    Status: {
      State: "pending",
      Err: "no suitable node (scheduling constraints not satisfied on 2 nodes; 1 node not available)",
      Timestamp: new Date(now - seconds * 1000).toISOString(),
    },
  });

test("services on a server: those of which a task has not ended", () => {
  expect(
    servicesOn(facts(task("store", "a", "shutdown"), task("web", "a", "starting")), "a"),
  ).toEqual(["web"]);
});

test.each<[string, EngineTask[], object]>([
  [
    "a task that still stops",
    [task("store", "a", "running", { DesiredState: "shutdown" }), task("store", "b", "ready")],
    { onHost: ["store"], short: ["store"], waiting: [] },
  ],
  [
    "one that starts elsewhere",
    [task("store", "a", "shutdown"), task("store", "b", "starting")],
    { onHost: [], short: ["store"], waiting: [] },
  ],
  [
    "nothing, when it runs there; global services lose one",
    [task("store", "a", "shutdown"), task("store", "b", "running"), task("web", "a", "shutdown")],
    { onHost: [], short: [], waiting: [] },
  ],
  [
    "one that finds no server yet",
    [task("store", "a", "shutdown"), noServer(2)],
    { onHost: [], short: ["store"], waiting: [] },
  ],
  [
    "not one that found none for a while: it waits for the server",
    [task("store", "a", "shutdown"), noServer(20)],
    { onHost: [], short: [], waiting: ["store"] },
  ],
])("what a drain waits for: %s", (_, tasks, expected) => {
  expect(drainProgress(facts(...tasks), "a", ["store", "web"], now)).toEqual(expected);
});

test("of a server that is down no task has to leave", () => {
  const seen = { ...facts(task("web", "a", "running")), nodes: [node("a", "down"), node("b")] };
  expect(drainProgress(seen, "a", ["web"], now)).toEqual({ onHost: [], short: [], waiting: [] });
});
