import { readFileSync } from "node:fs";
import { join } from "node:path";
import { planSite } from "../model/plan-site";
import type { Plan, StageName } from "../model/plan";
import type { Site } from "../model/site";
import { stageOf } from "../model/stage/check-stage";
import { checkStageYaml } from "../model/stage/yaml";
import { lookIntoProject, readFromProject } from "../providers/project-lookup";
import { exitCodes } from "./exit-codes";
import { Failure } from "./failure";
import { projectFolder, stageFilePath } from "./project";
import { siteLoadFailure } from "./site-load-failure";

/**
 * The purpose of a plan: `build` checks everything that a build needs; `show` also accepts a plan
 * that cannot be built yet; `names` also accepts that files of the site are missing.
 */
export type PlanPurpose = "build" | "show" | "names";

/**
 * The plan of a stage, from `Pulumi.<stage>.yaml` and `site/`: what a run would build. Touches
 * nothing.
 *
 * @param edit changes the text of the configuration first; default: none
 * @param folder the project's folder; default: this one
 * @throws InventoryError with everything that is wrong
 */
export function loadPlan(
  stage: string,
  purpose: PlanPurpose,
  edit: (text: string) => string = (text) => text,
  folder: string = projectFolder,
): Plan {
  const name = stageOf(stage);
  return planSite({
    // With its problems, to list them together with those of the site.
    stage: checkStageYaml(name, edit(readStageFile(name, folder))),
    site: loadSite(folder),
    building: purpose === "build",
    look: lookIntoProject(folder),
    read: readFromProject(folder),
    filesNeeded: purpose !== "names",
  });
}

function readStageFile(stage: StageName, folder: string): string {
  const file = stageFilePath(stage, folder);
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new Failure(
      `The stage ${stage} has no configuration: ${file} is missing.\nWrite it; start with a copy of Pulumi.private.yaml.`,
      exitCodes.input,
    );
  }
}

/**
 * Loads the inventory. It is a program, so it is loaded only when a command needs it.
 *
 * @param folder the project's folder; default: this one
 * @throws Failure when the program is wrong, with the place
 */
export function loadSite(folder: string = projectFolder): Site {
  try {
    const { site } = require(join(folder, "site", "site")) as { site: Site };
    return site;
  } catch (error) {
    const text = siteLoadFailure(error, folder);
    throw text === undefined ? error : new Failure(text, exitCodes.input);
  }
}
