import { readFileSync } from "node:fs";
import { join } from "node:path";
import { outputsSchemaPage } from "../../../docs/outputs-schema-page";

test("docs/outputs-schema.md is what the schema says; else run: npm run docs", () => {
  const file = join(__dirname, "..", "..", "..", "docs", "outputs-schema.md");
  expect(readFileSync(file, "utf8")).toBe(outputsSchemaPage());
});

test("every output and every field of it is explained", () => {
  const rows = outputsSchemaPage().split("\n");
  expect(rows.filter((row) => /^\| `[^|]+\|[^|]+\| +\|$/.test(row))).toEqual([]);
  rows.forEach((row, index) => {
    if (row.startsWith("## ")) expect(rows[index + 2]).toMatch(/^[A-Z`].+\.$/);
  });
});
