import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(__dirname, "../../..");
const page = readFileSync(join(root, "docs/internals/traps-and-weaknesses.md"), "utf8");

/** The rows of all tables, without their heads: what, here, test. */
const rows = page
  .split("\n")
  .filter((line) => line.startsWith("| ") && !line.startsWith("| What |"))
  .map((line) => line.slice(1, -1).split(" | ").map((cell) => cell.trim()));

test("every weakness and every trap has its place", () => {
  for (const id of ["W14", "W19", "W20", "W21", "W23"])
    expect(rows.filter(([what]) => what?.startsWith(id)).length).toBeGreaterThan(0);
  for (const id of ["P-1", "P-2", "P-3", "P-4", "P-5", "P-6"]) expect(page).toContain(`### ${id} `);
  expect(rows.length).toBeGreaterThan(50);
});

test.each(rows)("%s", (_what, here, proof) => {
  expect(here).toMatch(/\w{3}/);
  // What no test can show is answered.
  if (proof === "–") return;
  const [, file = "", title = ""] = /^`(test\/[^`]+\.ts)` "(.+)"$/.exec(proof ?? "") ?? [];
  expect(existsSync(join(root, file))).toBe(true);
  expect(title).not.toBe("");
  // As the name of a test, or in a table of cases.
  expect(readFileSync(join(root, file), "utf8")).toContain(`"${title}"`);
});
