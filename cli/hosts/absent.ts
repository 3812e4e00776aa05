import type { HostPlan } from "../../model/plan";
import { exitCodes } from "../exit-codes";
import { Failure } from "../failure";
import type { StateResource } from "../pulumi/state";
import { shortName } from "../swarm/facts";
import type { StageOutputs } from "./outputs";

/**
 * Why a run in which servers did not answer has not done its work, though no resource failed;
 * undefined when most were there.
 */
export function tooManyAbsent({ hosts, stage }: StageOutputs): Failure | undefined {
  const cluster = hosts.filter(({ role }) => role === "cluster");
  const absent = cluster.filter(({ missing }) => missing.length > 0);
  if (absent.length * 2 < cluster.length || absent.length === 0) return undefined;
  return new Failure(
    `Of ${cluster.length} cluster servers, ${absent.length} did not answer (${absent.map(({ name }) => shortName(name)).join(", ")}): what the run was to do there is not done.\n` +
      `Is there a way from this computer to them? \`npx hive status --stack ${stage}\` tells how they are. Then run again.`,
  );
}

/**
 * Refuses a plan in which a server that exists gets another role: all that it holds would be lost.
 * Earlier releases of hive gave a cluster of five other indices.
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
  const lines = changed.map(({ name, role }) => `  ${name} is a ${role} server`);
  throw new Failure(
    `These servers would get another role, and lose what they hold:\n${lines.join("\n")}\n` +
      "Nothing was changed. The repository server has the index 3 in this release of hive. With the release that the stage was made with,\n" +
      "shrink the cluster to three servers (hive:clusterHosts: 3), then run this one and grow it again.",
    exitCodes.input,
  );
}
