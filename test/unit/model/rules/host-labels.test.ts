import { faultsOf, image, problemsOf } from "../problems-of";

const site = { services: { web: { image } } };
const stage = (labels: unknown): { config: Record<string, string> } => ({
  config: { "hive:labels": JSON.stringify(labels) },
});
const place = "Pulumi.private.yaml: hive:labels";

test.each<[string, unknown]>([
  ["a role", { cluster: { disk: "ssd" } }],
  [
    "a name, an index and a full name",
    { hive0: { a: 1 }, "1": { a: true }, "p-hive2.hive.example": { a: "x" } },
  ],
  [
    "one server twice, with the same value or other labels",
    { hive0: { a: 1, b: 2 }, "0": { a: 1, c: 3 } },
  ],
  ["a role and a server of it", { cluster: { a: 1 }, hive0: { a: 2 } }],
  ["nothing", { hive0: {} }],
])("labels go to %s", (_, labels) => {
  expect(problemsOf(site, stage(labels))).toEqual([]);
});

test.each<[string, unknown, string, string]>([
  [
    "a name with a typing error",
    { hiv0: { a: 1 } },
    "hiv0: is neither a server of this stage nor a role",
    "did you mean hive0?",
  ],
  [
    "a server that this stage does not have",
    { worker7: { a: 1 } },
    "worker7: is neither a server of this stage nor a role",
    "write cluster for all cluster servers, or one of hive0, hive1, hive2",
  ],
  [
    "the repository server",
    { hive3: { a: 1 } },
    "hive3: is the repository server, which is not a node of the Swarm and runs no tasks",
    "write cluster for all cluster servers, or one of hive0, hive1, hive2",
  ],
  [
    "the repository server's role",
    { repository: { a: 1 } },
    "repository: is the repository server, which is not a node of the Swarm and runs no tasks",
    "write cluster for all cluster servers, or one of hive0, hive1, hive2",
  ],
  [
    "one server twice with two values",
    { hive0: { a: 1 }, "0": { a: 2 } },
    "0.a: is the same server as hive0, which has another value of this label",
    "keep one of the two",
  ],
  [
    "a label of hive's own",
    { hive0: { "hive.zone": "x" } },
    "hive0.hive.zone: begins with hive., which is reserved for hive's own labels",
    "choose another name",
  ],
  [
    "a name that no constraint can have",
    { hive0: { "a b": "x" } },
    "hive0.a b: is not a label name: letters, digits, dots, hyphens and underscores, as constraints take them",
    "choose another name",
  ],
  [
    "a value that no constraint can have",
    { hive0: { a: "{x}" } },
    "hive0.a: is not a valid value for a constraint",
    "write a text of letters, digits and . _ - : / and the like, without spaces around it",
  ],
  [
    "an empty value, which to a constraint is no label",
    { hive0: { a: "" } },
    "hive0.a: is not a valid value for a constraint",
    "write a text of letters, digits and . _ - : / and the like, without spaces around it",
  ],
  [
    "a list",
    { hive0: ["a"] },
    "hive0: must be a map of labels by name",
    "write a map of labels by name, e.g. { disk: ssd }",
  ],
])("labels do not go: %s", (_, labels, fault, remedy) => {
  expect(faultsOf(site, stage(labels))).toEqual([`${place}.${fault}`]);
  expect(problemsOf(site, stage(labels))[0]).toContain(` | ${remedy}`);
});
