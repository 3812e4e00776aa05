import { resolve } from "node:path";
import { openStack } from "../pulumi/open-stack";
import type { Stack } from "../pulumi/stack";
import { projectFolder } from "../project";
import { withDeployedServices } from "./deployed-services";
import { rememberNames } from "./known-names";
import { readOutputs, type StageOutputs } from "./outputs";

/** The outputs of a stage that is up, to be used from any folder. @throws Failure when it is not up */
export async function stageOutputs(stage: string): Promise<StageOutputs> {
  const stack = await openStack(stage);
  const outputs = readOutputs(stage, await stack.outputs());
  rememberNames(outputs);
  return withAbsoluteKeys(outputs, projectFolder);
}

/** As {@link stageOutputs}, with services as they are also after a run that failed; takes a look at the whole state. */
export async function presentOutputs(stage: string): Promise<StageOutputs> {
  const outputs = readOutputs(stage, await rawOutputs(await openStack(stage)));
  rememberNames(outputs);
  return withAbsoluteKeys(outputs, projectFolder);
}

/** What a stack tells other programs, with services as they are also after a run that failed. */
export async function rawOutputs(stack: Stack): Promise<Readonly<Record<string, unknown>>> {
  const raw = await stack.outputs();
  if (Object.keys(raw).length === 0) return raw;
  return withDeployedServices(raw, (await stack.state()).resources);
}

/** Key files are relative to the project in a stack's outputs, where no computer's folders belong. */
export function withAbsoluteKeys(outputs: StageOutputs, project: string): StageOutputs {
  const access = outputs.access.map((host) => ({
    ...host,
    privateKeyFile: resolve(project, host.privateKeyFile),
  }));
  return { ...outputs, access };
}
