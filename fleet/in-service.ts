import type * as pulumi from "@pulumi/pulumi";
import type { FleetArgs, Host } from "./fleet";

/**
 * The resources that the next server waits for, where servers are replaced one at a time: this one
 * has booted, is back in the Swarm, and is set up.
 */
export async function inService(
  host: Host | undefined,
  setUp: FleetArgs["setUp"],
): Promise<pulumi.Resource[]> {
  if (host === undefined) return [];
  const last = await setUp?.(host.plan);
  return last === undefined ? [host.ready] : [host.ready, last];
}
