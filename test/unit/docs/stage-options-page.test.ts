import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { keyPaths, notesOf, schemaAt } from "../../../model/schema/text";
import { stageOptionsPage } from "../../../docs/stage-options-page";
import { stageSchema } from "../../../model/stage/schema";

test("docs/stage-options.md is what the schema says; else run: npm run docs", () => {
  const file = join(__dirname, "..", "..", "..", "docs", "stage-options.md");
  expect(readFileSync(file, "utf8")).toBe(stageOptionsPage());
});

test.each(keyPaths(stageSchema))("hive:%s is explained", (path) => {
  const schema = schemaAt(stageSchema, path.split("."));
  expect(notesOf(schema ?? z.never()).description ?? "").toMatch(/^[A-Z][^]+\.$/);
});
