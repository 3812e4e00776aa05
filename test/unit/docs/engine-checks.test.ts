import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(__dirname, "../../..");
const page = readFileSync(join(root, "docs/internals/engine-checks.md"), "utf8");

/** The rows of the table, without its head: check, source, rule, test. */
const rows = page
  .split("\n")
  .filter((line) => line.startsWith("| "))
  .slice(1)
  .map((line) => line.slice(1, -1).split(" | ").map((cell) => cell.trim()));

const textOf = (file: string): string =>
  existsSync(join(root, file)) ? readFileSync(join(root, file), "utf8") : "";

test("the table of the engine's checks has rows", () => {
  expect(rows.length).toBeGreaterThan(50);
});

test.each(rows)("%s", (check, source, rule, proof) => {
  expect(check).not.toBe("");
  expect(source).toMatch(/^(swarmkit|moby|runc|Linux|docker\/go-units): /);
  const [, ruleFile = "", name = ""] = /^`(model\/[^`]+)` `(\w+)`$/.exec(rule ?? "") ?? [];
  expect(textOf(ruleFile)).toMatch(new RegExp(`\\b${name}\\b`));
  expect(name).not.toBe("");
  const [, testFile = "", title = ""] = /^`(test\/[^`]+)` "(.+)"$/.exec(proof ?? "") ?? [];
  expect(title).not.toBe("");
  // As it stands in a call of test or describe, or of what test.each gives back.
  expect(textOf(testFile)).toMatch(
    new RegExp(`(?:\\b(?:test|describe|it)|\\])\\)?\\(\\s*"${title.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}"`),
  );
});
