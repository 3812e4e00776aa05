import { openStack } from "../pulumi/open-stack";
import type { Stack } from "../pulumi/stack";
import { withDeployedServices } from "./deployed-services";
import { rememberNames } from "./known-names";
import { readOutputs, type StageOutputs } from "./outputs";
import { fetchMissingStageKey } from "./stage-key";

/**
 * The outputs of a stage. @throws Failure when it is not up
 */
export async function stageOutputs(stage: string): Promise<StageOutputs> {
  const stack = await openStack(stage);
  const outputs = readOutputs(stage, await stack.outputs());
  await fetchMissingStageKey(stack, outputs.operators);
  rememberNames(outputs);
  return outputs;
}

/**
 * As {@link stageOutputs}, but with correct services even after a failed run; reads the whole
 * state.
 */
export async function presentOutputs(stage: string): Promise<StageOutputs> {
  const stack = await openStack(stage);
  const outputs = readOutputs(stage, await rawOutputs(stack));
  await fetchMissingStageKey(stack, outputs.operators);
  rememberNames(outputs);
  return outputs;
}

/** A stack's outputs, with correct services even after a failed run. */
export async function rawOutputs(stack: Stack): Promise<Readonly<Record<string, unknown>>> {
  const raw = await stack.outputs();
  if (Object.keys(raw).length === 0) return raw;
  return withDeployedServices(raw, (await stack.state()).resources);
}
