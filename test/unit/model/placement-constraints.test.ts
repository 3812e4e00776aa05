import { type ConstrainedNode, meetsConstraints } from "../../../model/placement-constraints";

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
