import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { stageOptionsPage } from "./stage-options-page";

/** Writes docs/stage-options.md anew: `npm run docs`. A unit test tells when that is due. */
writeFileSync(join(__dirname, "stage-options.md"), stageOptionsPage());
