import { openStack } from "../pulumi/open-stack";
import type { Stack } from "../pulumi/stack";
import { recoveryByState } from "../../fleet/recoveries";
import type { SleepingServer } from "../../fleet/recovery";
import { type DeployedAddress, deployedAddresses, withDeployedServices } from "./deployed-services";
import { rememberNames } from "./known-names";
import { readOutputs, type StageOutputs } from "./outputs";
import { ownImages, type OwnImage } from "../update/own-images";
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

/** A stage's outputs with its services as they are now, and what else is known where. */
export interface PresentOutputs extends StageOutputs {
  /** All addresses that services may have, by service. */
  readonly addresses: Readonly<Record<string, readonly DeployedAddress[]>>;
  /** The servers of this computer that do not run; none if that cannot be observed. */
  readonly sleeping: () => Promise<readonly SleepingServer[]>;
  /** The images that hive itself keeps on the repository server. */
  readonly ownImages: readonly OwnImage[];
  /**
   * When the image of the servers of this computer was built, ISO 8601: of the oldest one, while
   * they differ. Undefined for other servers, or if that cannot be observed.
   */
  readonly serverImageBuilt: () => Promise<string | undefined>;
}

/**
 * As {@link stageOutputs}, but with correct services even after a failed run; reads the whole
 * state.
 */
export async function presentOutputs(stage: string): Promise<PresentOutputs> {
  const stack = await openStack(stage);
  const outputs = await presentOutputsOf(stack);
  await fetchMissingStageKey(stack, outputs.operators);
  return outputs;
}

/** {@link presentOutputs} of an open stack, of which this computer has the key. */
export async function presentOutputsOf(stack: Stack): Promise<PresentOutputs> {
  const raw = await stack.outputs();
  // Without outputs, there may be no stack to read.
  const resources = Object.keys(raw).length === 0 ? [] : (await stack.state()).resources;
  const outputs = readOutputs(stack.stage, withDeployedServices(raw, resources));
  rememberNames(outputs);
  const { site, stage } = outputs;
  const fleet = recoveryByState(resources, { site, stage });
  return {
    ...outputs,
    addresses: deployedAddresses(raw, resources),
    sleeping: async () => (await fleet?.sleeping().catch(() => [])) ?? [],
    ownImages: ownImages(resources),
    serverImageBuilt: async () => await fleet?.serverImageBuilt().catch(() => undefined),
  };
}

/** A stack's outputs, with correct services even after a failed run. */
export async function rawOutputs(stack: Stack): Promise<Readonly<Record<string, unknown>>> {
  const raw = await stack.outputs();
  if (Object.keys(raw).length === 0) return raw;
  return withDeployedServices(raw, (await stack.state()).resources);
}
