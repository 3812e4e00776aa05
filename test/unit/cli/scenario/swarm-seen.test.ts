import { swarmSeen } from "../../../../cli/scenario/watch";
import type { SwarmFacts } from "../../../../cli/swarm/facts";
import type { EngineNode } from "../../../../model/engine-api/node";
import type { EngineService } from "../../../../model/engine-api/service";
import type { EngineTask } from "../../../../model/engine-api/task";

const image = `registry.hive.example:5000/web@sha256:${"0123456789abcdef".repeat(4)}`;
const node = (index: number, state: EngineNode["Status"]["State"] = "ready"): EngineNode => ({
  ID: `n${index}`,
  Description: { Hostname: `s-hive${index}.hive.example` },
  Spec: { Role: "manager", Availability: "active" },
  Status: { State: state },
});
const service = (name: string, mode: object) =>
  ({
    ID: name,
    Spec: { Name: name, Mode: mode, TaskTemplate: { ContainerSpec: { Image: image } } },
  }) as unknown as EngineService;
const task = (of: string, index: number) =>
  ({
    ID: `${of}${index}`,
    ServiceID: of,
    NodeID: `n${index}`,
    DesiredState: "running",
    Spec: { ContainerSpec: { Image: image } },
    Status: { State: "running", Err: "", Timestamp: "2026-11-23T10:00:00Z" },
  }) as unknown as EngineTask;

test("of the Swarm's answer a scenario keeps tasks by server, nodes, and when it came", () => {
  const facts: SwarmFacts = {
    nodes: [node(0), node(1, "down"), node(2)],
    services: [
      service("web", { Global: {} }),
      service("worker", { Replicated: { Replicas: 2 } }),
      service("backup", { ReplicatedJob: { TotalCompletions: 1, MaxConcurrent: 1 } }),
    ],
    tasks: [
      ...[task("web", 2), task("web", 0), task("web", 1)],
      ...[task("worker", 0), task("worker", 2), task("backup", 0)],
    ],
    configs: [],
  };
  expect(swarmSeen(facts, 12)).toEqual({
    at: 12,
    nodes: ["s-hive0", "s-hive1", "s-hive2"],
    ready: ["s-hive0", "s-hive2"],
    services: {
      // Nothing runs on a lost node, and fewer tasks are possible.
      web: { wanted: 3, possible: 2, on: ["s-hive0", "s-hive2"] },
      worker: { wanted: 2, possible: 2, on: ["s-hive0", "s-hive2"] },
      // A job is no service that could be away.
      backup: { wanted: 0, possible: 0, on: [] },
    },
  });
});
