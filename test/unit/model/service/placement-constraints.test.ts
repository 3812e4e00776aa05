import fc from "fast-check";
import {
  contradict,
  type ConstrainedNode,
  constraintFault,
  meetsConstraints,
  pinsToOneServer,
} from "../../../../model/service/placement-constraints";
import { planWith } from "../plans";

const node: ConstrainedNode = {
  ID: "n1",
  Description: {
    Hostname: "hive0.example",
    Platform: { OS: "linux", Architecture: "x86_64" },
    Engine: { Labels: { rack: "R1" } },
  },
  Spec: { Role: "manager", Labels: { "hive.zone": "zone-a", Disk: "SSD" } },
};

test.each([
  ["node.id==n1", true],
  ["node.hostname == HIVE0.example", true],
  ["node.role!=worker", true],
  ["node.role==worker", false],
  ["node.platform.os==linux", true],
  ["node.platform.arch==amd64", false],
  ["node.labels.hive.zone==zone-a", true],
  ["node.labels.hive.zone!=zone-a", false],
  // Names of labels are told apart by case, values are not, and neither are the words before.
  ["NODE.LABELS.Disk==ssd", true],
  ["node.labels.disk==ssd", false],
  ["node.labels.none!=x", true],
  ["node.labels.none==x", false],
  ["engine.labels.rack==r1", true],
  ["node.ip==10.0.0.0/8", true],
  ["node.colour==red", false],
  ["no constraint", false],
])("%s: %s", (constraint, met) => {
  expect(meetsConstraints(node, [constraint])).toBe(met);
});

test("all constraints must be met; a node without labels has empty ones", () => {
  expect(meetsConstraints(node, [])).toBe(true);
  expect(meetsConstraints(node, ["node.id==n1", "node.id==n2"])).toBe(false);
  const bare = { ...node, Spec: { Role: "worker", Labels: null } };
  expect(meetsConstraints(bare, ["node.labels.a!=b"])).toBe(true);
});

test.each([
  ["node.hostname==p-hive0.hive.example", undefined],
  ["node.labels.Disk != ssd", undefined],
  ["NODE.ROLE == manager", undefined],
  ["engine.labels.os==Debian GNU/Linux", undefined],
  ["node.ip == 10.0.0.0/8", undefined],
  ["node.hostname = p-hive0", "it has neither == nor !="],
  ["node.labels.a > 3", "it has neither == nor !="],
  ["node.colour == red", "servers have no 'node.colour'"],
  ["node.labels. == x", "servers have no 'node.labels.'"],
  ["labels.a == x", "servers have no 'labels.a'"],
  ["node.role ==", "there is no value"],
  ["node.role == a,b", "'a,b' is not a valid value"],
  ["node.role === manager", "'= manager' is not a valid value"],
])("the engine's answer to %s", (text, message) => {
  if (message === undefined) expect(constraintFault(text)).toBeUndefined();
  else expect(constraintFault(text)).toContain(message);
});

test.each([
  ["node.labels.hive.zone==zone-a", "node.labels.hive.zone == zone-b", true],
  ["node.labels.hive.zone==zone-a", "node.labels.hive.zone!=ZONE-A", true],
  ["node.hostname==a", "NODE.Hostname==b", true],
  ["node.labels.hive.zone==zone-a", "node.labels.hive.zone==Zone-A", false],
  ["node.labels.hive.zone!=zone-a", "node.labels.hive.zone!=zone-b", false],
  ["node.labels.hive.zone==zone-a", "node.labels.hive.zone!=zone-b", false],
  // Names of labels are told apart by case.
  ["node.labels.Disk==ssd", "node.labels.disk==hdd", false],
  ["node.labels.a==x", "engine.labels.a==y", false],
  // One of the networks may lie in the other.
  ["node.ip==10.0.0.0/8", "node.ip==10.1.0.0/16", false],
])("servers of %s and of %s are never the same: %s", (left, right, never) => {
  expect(contradict([left], [right])).toBe(never);
  expect(contradict([right, "node.role==manager"], [left])).toBe(never);
});

const words = fc.constantFrom("a", "A", "b", "c");
const constraint = fc
  .tuple(
    fc.constantFrom(
      "node.labels.x",
      "node.labels.X",
      "NODE.labels.x",
      "node.hostname",
      "node.id",
      "node.role",
      "engine.labels.x",
    ),
    fc.constantFrom("==", "!=", " == ", " != "),
    words,
  )
  .map((parts) => parts.join(""));
const anyNode: fc.Arbitrary<ConstrainedNode> = fc
  .record({ id: words, name: words, role: words, x: words, X: fc.option(words), engine: words })
  .map(({ id, name, role, x, X, engine }) => ({
    ID: id,
    Description: { Hostname: name, Engine: { Labels: { x: engine } } },
    Spec: { Role: role, Labels: { x, ...(X === null ? {} : { X }) } },
  }));

test("where two lists can never meet, no node at all meets both", () => {
  const list = fc.array(constraint, { maxLength: 3 });
  fc.assert(
    fc.property(list, list, anyNode, (left, right, each) => {
      expect(contradict(left, right)).toBe(contradict(right, left));
      if (!contradict(left, right)) return;
      expect(meetsConstraints(each, left) && meetsConstraints(each, right)).toBe(false);
    }),
    { numRuns: 2000 },
  );
});

test.each([
  [[], false],
  [["node.role == manager"], false],
  [["node.hostname == p-hive1.hive.example"], true],
  [["node.labels.hive.zone == zone-a"], true],
  [["node.labels.hive.zone != zone-a"], false],
  [["node.labels.hive.zone != zone-a", "node.hostname != p-hive1.hive.example"], true],
  [["engine.labels.data == true"], true],
  [["engine.labels.data != true"], false],
  [["node.labels.disk == ssd"], true],
  [["node.labels.disk != ssd"], false],
  [["node.labels.rack == 1"], false],
])("%j leaves one server: %s", (constraints, pinned) => {
  const labels = { cluster: { rack: 1 }, hive0: { disk: "ssd" }, hive2: { rack: 2 } };
  const cluster = planWith({ raw: { "hive:labels": JSON.stringify(labels) } }).hosts.filter(
    ({ role }) => role === "cluster",
  );
  expect(pinsToOneServer(constraints, cluster)).toBe(pinned);
});
