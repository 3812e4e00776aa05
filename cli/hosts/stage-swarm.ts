import type { Stack } from "../pulumi/stack";
import { askSwarm, electionSeconds, type SwarmFacts } from "../swarm/facts";
import { clusterAccess, readOutputs } from "./outputs";

/**
 * Asks the Swarm of a stage for all that it knows.
 *
 * @returns undefined while the outputs name no managers yet
 * @throws TransportError if no manager with quorum answers in time
 */
export async function askStageSwarm(stack: Stack): Promise<SwarmFacts | undefined> {
  const raw = await stack.outputs();
  if (Object.keys(raw).length === 0) return undefined;
  return await askSwarm(clusterAccess(readOutputs(stack.stage, raw)), electionSeconds);
}
