import { readFileSync, writeFileSync } from "node:fs";
import { stageFilePath } from "./project";

/** The name of a stage's file, which is the user's: commands edit only what they change. */
export function stageFileName(stage: string): string {
  return `Pulumi.${stage}.yaml`;
}

/** The text of a stage's file. */
export function readStageFile(stage: string): string {
  return readFileSync(stageFilePath(stage), "utf8");
}

/** Writes a stage's file, changed. */
export function editStageFile(stage: string, edit: (text: string) => string): void {
  writeFileSync(stageFilePath(stage), edit(readStageFile(stage)));
}
