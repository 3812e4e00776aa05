import type * as pulumi from "@pulumi/pulumi";
import type { FleetArgs, Host } from "./fleet";

/**
 * The resources that the next server waits for, where servers are replaced one at a time: this one
 * has booted, is set up, and is back in the Swarm with all tasks (its `machine` changed), or as the
 * member that its kept data make it.
 */
export async function inService(
  host: Host | undefined,
  setUp: FleetArgs["setUp"],
): Promise<pulumi.Resource[]> {
  if (host === undefined) return [];
  const last = await setUp?.(host.plan);
  return last === undefined ? [host.ready] : [host.ready, last];
}
