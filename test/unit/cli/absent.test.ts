import { requireSameRoles, tooManyAbsent } from "../../../cli/hosts/absent";
import type { StageOutputs } from "../../../cli/hosts/outputs";

const host = (index: number, role: "cluster" | "repository", ...missing: string[]) => ({
  name: `p-hive${index}.hive.example`,
  role,
  zone: "a",
  privateAddress: "",
  publicAddress: "",
  missing,
});
const outputs = (...hosts: StageOutputs["hosts"]): StageOutputs => ({
  stage: "private",
  site: "hive.example",
  phases: [],
  hosts,
  services: {},
  images: {},
  operators: [],
  access: [],
});

test.each<[string, StageOutputs["hosts"], RegExp | undefined]>([
  ["all answered", [host(0, "cluster"), host(1, "cluster"), host(2, "cluster")], undefined],
  [
    "one of three did not",
    [host(0, "cluster", "base"), host(1, "cluster"), host(2, "cluster")],
    undefined,
  ],
  [
    "two of three did not",
    [host(0, "cluster", "base"), host(1, "cluster", "base"), host(2, "cluster")],
    /2 of 3 cluster servers were unreachable \(p-hive0, p-hive1\)/,
  ],
  [
    "the repository server did not, which is no member of the cluster",
    [host(0, "cluster"), host(1, "cluster"), host(2, "cluster"), host(3, "repository", "registry")],
    undefined,
  ],
])("a run after which %s", (_, hosts, expected) => {
  const failure = tooManyAbsent(outputs(...hosts));
  if (expected === undefined) expect(failure).toBeUndefined();
  else expect(failure?.message).toMatch(expected);
});

test("a server that exists keeps its role", () => {
  const hosts = [host(3, "cluster"), host(5, "repository")];
  const recorded = [{ type: "pulumi:pulumi:Stack", outputs: { hosts } }];
  expect(() => requireSameRoles(recorded, [host(3, "repository"), host(5, "cluster")])).toThrow(
    /p-hive3\.hive\.example is a cluster server now\n {2}p-hive5\.hive\.example is a repository server now\nNothing was changed/,
  );
  expect(() => requireSameRoles(recorded, [host(3, "cluster"), host(4, "cluster")])).not.toThrow();
  expect(() => requireSameRoles([], [host(3, "repository")])).not.toThrow();
});
