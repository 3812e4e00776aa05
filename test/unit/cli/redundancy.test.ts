import { absentManagers } from "../../../cli/hosts/redundancy";

const node = (name: string, state = "ready", reachability?: string) => ({
  ID: name,
  Description: { Hostname: name },
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
