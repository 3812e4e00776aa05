import { resolve } from "node:path";
import { openStack } from "../engine/open-stack";
import { projectFolder } from "../project";
import { rememberNames } from "./known-names";
import { readOutputs, type StageOutputs } from "./outputs";

/** The outputs of a stage that is up, to be used from any folder. @throws Failure when it is not up */
export async function stageOutputs(stage: string): Promise<StageOutputs> {
  const stack = await openStack(stage);
  const outputs = readOutputs(stage, await stack.outputs());
  rememberNames(outputs);
  return withAbsoluteKeys(outputs, projectFolder);
}

/** Key files are relative to the project in a stack's outputs, where no computer's folders belong. */
export function withAbsoluteKeys(outputs: StageOutputs, project: string): StageOutputs {
  const access = outputs.access.map((host) => ({
    ...host,
    privateKeyFile: resolve(project, host.privateKeyFile),
  }));
  return { ...outputs, access };
}
