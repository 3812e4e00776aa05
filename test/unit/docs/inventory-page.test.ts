import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { inventoryFiles, inventoryPage, inventoryTypes } from "../../../docs/inventory-page";

const root = join(__dirname, "..", "..", "..");
const folder = join(root, "model", "inventory");
const sources = Object.fromEntries(
  inventoryFiles.map((name) => [name, readFileSync(join(folder, name), "utf8")]),
) as Parameters<typeof inventoryTypes>[0];
const types = inventoryTypes(sources);

test("docs/inventory.md is what the docstrings say; else run: npm run docs", () => {
  const page = readFileSync(join(root, "docs", "inventory.md"), "utf8");
  expect(page).toBe(inventoryPage(types));
});

test("every file of the inventory is on the page", () => {
  const files = readdirSync(folder).filter((name) => name !== "index.ts");
  expect([...inventoryFiles].sort()).toEqual(files.sort());
});

test.each(types.map((type) => [type.name, type] as const))("%s is explained", (_, type) => {
  expect(type.meaning).toMatch(/^[A-Z][^]+\.$/);
});

test.each(
  types.flatMap((type) => type.fields.map((field) => [`${type.name}.${field.name}`, field] as const)),
)("%s is explained, with its default", (_, field) => {
  expect(field.meaning).toMatch(/^[A-Z`−][^]+\.$/);
  if (field.need === "optional") expect(field.byDefault ?? "").not.toBe("");
  else expect(field.byDefault).toBeUndefined();
});
