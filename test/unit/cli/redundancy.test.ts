import type { EngineNode } from "../../../model/engine-api/node";
import { absentManagers, settledServers } from "../../../cli/hosts/redundancy";

const node = (
  name: string,
  state: EngineNode["Status"]["State"] = "ready",
  reachability?: "reachable" | "unreachable",
): EngineNode => ({
  ID: name,
  Description: { Hostname: name },
  Spec: { Role: "manager", Availability: "active" },
  Status: { State: state },
  ...(reachability === undefined ? {} : { ManagerStatus: { Reachability: reachability } }),
});

test.each([
  ["all take part", [node("a", "ready", "reachable"), node("b", "ready", "reachable")], []],
  ["one is down", [node("a", "ready", "reachable"), node("b", "down", "unreachable")], ["b"]],
  ["one is cut off", [node("a", "ready", "reachable"), node("b", "ready", "unreachable")], ["b"]],
  ["one is a worker", [node("a", "ready", "reachable"), node("b")], ["b"]],
  ["one is not in the Swarm", [node("a", "ready", "reachable")], ["b"]],
])("servers that would be replaced while another manager is away: %s", (_, nodes, absent) => {
  expect(absentManagers(nodes, ["a", "b"])).toEqual(absent);
});

test("a server that a run was interrupted at is not asked for: its engine was not set up since it was made", () => {
  const setUp = (name: string, id: string) => ({
    urn: `urn:pulumi:private::hive::pulumi-nodejs:dynamic/hive:HostStep::${name}`,
    inputs: { incarnation: id },
    outputs: {},
  });
  expect(
    settledServers(
      [
        { name: "a", id: "1" },
        { name: "b", id: "2" },
      ],
      [
        setUp("setup-hive0-engine", "1"),
        setUp("setup-hive1-engine", "before"),
        setUp("setup-hive1-files", "2"),
      ],
    ),
  ).toEqual(["a"]);
  expect(settledServers([{ name: "a", id: "1" }], [])).toEqual([]);
  const missing = { ...setUp("setup-hive0-engine", "1"), outputs: { missing: true } };
  expect(settledServers([{ name: "a", id: "1" }], [missing])).toEqual([]);
  const earlier = { ...setUp("setup-hive0-engine", ""), inputs: { triggers: ["1"] } };
  expect(settledServers([{ name: "a", id: "1" }], [earlier])).toEqual(["a"]);
});
