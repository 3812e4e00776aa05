import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { stageOptionsPage } from "./stage-options-page";

/** Rewrites docs/stage-options.md: `npm run docs`. A unit test fails while the page is outdated. */
writeFileSync(join(__dirname, "stage-options.md"), stageOptionsPage());
