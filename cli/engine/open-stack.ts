import { projectFolder } from "../project";
import { Engine } from "./engine";
import { engineEnvironment } from "./environment";
import { Stack } from "./stack";

/** The stack of a stage, ready to be asked; nothing is created yet. */
export async function openStack(stage: string): Promise<Stack> {
  return new Stack(new Engine(await engineEnvironment(), projectFolder), stage);
}
