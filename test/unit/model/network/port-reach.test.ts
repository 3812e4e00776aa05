import { portReach } from "../../../../model/network/port-reach";
import type { ServicePlan } from "../../../../model/plan";

const hosts = ["a", "b", "c", "d"].map((zone, index) => ({
  name: `hive${index}`,
  role: index === 3 ? ("repository" as const) : ("cluster" as const),
  zone,
  labels: { disk: index === 0 ? "fast" : "slow" },
}));
const global = { kind: "global" } as const;
const replicas = (count: number) => ({ kind: "replicated", replicas: count }) as const;

test.each<[string, ServicePlan["mode"], readonly string[], "host" | "ingress", string, boolean]>([
  ["the mesh", replicas(1), ["node.hostname == hive1"], "ingress", "hive0 hive1 hive2", false],
  ["a task on every server", global, [], "host", "hive0 hive1 hive2", false],
  ["one task somewhere", replicas(1), [], "host", "hive0 hive1 hive2", true],
  ["two tasks on three servers", replicas(2), [], "host", "hive0 hive1 hive2", true],
  ["three tasks, one for each server", replicas(3), [], "host", "hive0 hive1 hive2", false],
  ["a task that is pinned", replicas(1), ["node.hostname == hive1"], "host", "hive1", false],
  ["pinned by the stage's label", replicas(1), ["node.labels.disk==fast"], "host", "hive0", false],
  [
    "two servers for one task",
    replicas(1),
    ["node.labels.disk!=fast"],
    "host",
    "hive1 hive2",
    true,
  ],
  ["a label set by hand", global, ["node.labels.gpu==yes"], "host", "hive0 hive1 hive2", true],
  ["no task at all", replicas(0), [], "host", "", false],
  ["a job", { kind: "job", retries: 0 }, [], "host", "", false],
])("where a port answers: %s", (_what, mode, constraints, portMode, names, moves) => {
  const placement = { constraints, spread: [], maxReplicasPerHost: 0 };
  const reach = portReach({ mode, placement }, { mode: portMode }, hosts);
  expect(reach.hosts.map(({ name }) => name).join(" ")).toBe(names);
  expect(reach.moves).toBe(moves);
});
