import { openStack } from "../engine/open-stack";
import { notUp, readOutputs, type StageOutputs } from "./outputs";

/** The outputs of a stage that is up. @throws Failure when it is not */
export async function stageOutputs(stage: string): Promise<StageOutputs> {
  const stack = await openStack(stage);
  if (!(await stack.exists())) throw notUp(stage);
  return readOutputs(stage, await stack.outputs());
}
