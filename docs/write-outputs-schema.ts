import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { outputsSchemaPage } from "./outputs-schema-page";

/** Rewrites docs/outputs-schema.md: `npm run docs`. A unit test fails while it is outdated. */
writeFileSync(join(__dirname, "outputs-schema.md"), outputsSchemaPage());
