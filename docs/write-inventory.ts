import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inventoryFiles, inventoryPage, inventoryTypes } from "./inventory-page";

/** Writes docs/inventory.md anew: `npm run docs`. A unit test tells when that is due. */
const folder = join(__dirname, "..", "model", "inventory");
const sources = Object.fromEntries(
  inventoryFiles.map((name) => [name, readFileSync(join(folder, name), "utf8")]),
) as Parameters<typeof inventoryTypes>[0];
writeFileSync(join(__dirname, "inventory.md"), inventoryPage(inventoryTypes(sources)));
