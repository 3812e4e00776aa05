import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Rule, Target } from "../../../policy/rule";

const root = join(__dirname, "../../..");
const page = readFileSync(join(root, "docs/policy.md"), "utf8");

/** Loads the rule of the page, as if it stood in `policy/rules/`. */
function ruleOfPage(folder: string): Rule {
  const [, text = ""] = /```ts\n([^]*?)```/.exec(page) ?? [];
  cpSync(join(root, "policy"), join(folder, "policy"), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  writeFileSync(join(folder, "policy/rules/services-have-owners.ts"), text);
  const { servicesHaveOwners } = require(join(folder, "policy/rules/services-have-owners")) as {
    servicesHaveOwners: Rule;
  };
  return servicesHaveOwners;
}

test("the rule that docs/policy.md shows catches what it says, and lets the rest pass", () => {
  const folder = mkdtempSync(join(tmpdir(), "hive-policy-"));
  try {
    const rule = ruleOfPage(folder);
    const service = (labels: Record<string, string>): Target => ({
      ...{ type: "pulumi-nodejs:dynamic/hive:SwarmService", name: "x", urn: "x" },
      ...{ props: { labels }, protect: false, dependencies: [] },
    });
    const faults = rule.faults([service({}), service({ owner: "anna" })], "staging");
    expect(faults).toEqual([{ text: "It has no label owner.", urn: "x" }]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("docs/policy.md lists every rule with its severity and enforcement", () => {
  const { rules } = require("../../../policy/rules/all") as { rules: readonly Rule[] };
  const rows = [...page.matchAll(/^\| `(.+?)` \| (\w+) \| (\w+) \|/gm)].map((row) => row.slice(1));
  expect(rows).toEqual(rules.map(({ id, severity, enforcement }) => [id, severity, enforcement]));
});
