import type { HostPlan } from "../../model/plan";
import { exitCodes } from "../exit-codes";
import { Failure } from "../failure";
import type { StateResource } from "../pulumi/state";
import { shortName } from "../swarm/facts";
import type { StageOutputs } from "./outputs";

/**
 * The failure of a run in which too many servers were unreachable, although no resource failed;
 * undefined when most answered.
 */
export function tooManyAbsent({ hosts, stage }: StageOutputs): Failure | undefined {
  const cluster = hosts.filter(({ role }) => role === "cluster");
  const absent = cluster.filter(({ missing }) => missing.length > 0);
  if (absent.length * 2 < cluster.length || absent.length === 0) return undefined;
  return new Failure(
    `${absent.length} of ${cluster.length} cluster servers were unreachable (${absent.map(({ name }) => shortName(name)).join(", ")}), so their part of the run is not done.\n` +
      `Check the network from this computer to them; \`npx hive status --stack ${stage}\` shows their state. Then run again.`,
  );
}

/**
 * Refuses a plan in which an existing server gets another role: its data would be lost. Earlier
 * releases of hive gave a cluster of five other indices.
 *
 * @param resources of the stage's state; the stack itself has the outputs
 * @throws Failure that names them
 */
export function requireSameRoles(
  resources: readonly Pick<StateResource, "type" | "outputs">[],
  planned: readonly Pick<HostPlan, "name" | "role">[],
): void {
  const stack = resources.find(({ type }) => type === "pulumi:pulumi:Stack");
  const recorded = (stack?.outputs["hosts"] ?? []) as readonly Pick<HostPlan, "name" | "role">[];
  const changed = recorded.filter(({ name, role }) =>
    planned.some((host) => host.name === name && host.role !== role),
  );
  if (changed.length === 0) return;
  const lines = changed.map(({ name, role }) => `  ${name} is a ${role} server now`);
  throw new Failure(
    `These servers would get another role and lose their data:\n${lines.join("\n")}\n` +
      "Nothing was changed. In this release of hive, the repository server has the index 3. Use the release that built the stage\n" +
      "to shrink the cluster to three servers (hive:clusterHosts: 3). Then run this release and grow the cluster again.",
    exitCodes.input,
  );
}
