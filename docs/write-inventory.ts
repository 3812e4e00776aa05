import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inventoryFiles, inventoryPage, inventoryTypes } from "./inventory-page";

/** Rewrites docs/inventory.md: `npm run docs`. A unit test fails while the page is outdated. */
const folder = join(__dirname, "..", "model", "inventory");
const sources = Object.fromEntries(
  inventoryFiles.map((name) => [name, readFileSync(join(folder, name), "utf8")]),
) as Parameters<typeof inventoryTypes>[0];
writeFileSync(join(__dirname, "inventory.md"), inventoryPage(inventoryTypes(sources)));
