import type { UpdatePolicy } from "../inventory";
import { leaderOf } from "../service/colocation";
import { eligibleHosts } from "../service/placement-constraints";
import type { Problem } from "../problem/problems";
import { servicePath } from "../schema/check-site";
import { eligibleText, forEachService, type PlannedService, type RuleInput } from "./rule";

/** `start-first` only if the new task can run beside the old one. */
export const orderProblems = forEachService((planned, input) => [
  ...orderProblem(planned, input, "update", planned.service.update),
  ...orderProblem(planned, input, "rollback", planned.service.rollback),
]);

function orderProblem(
  planned: PlannedService,
  input: RuleInput,
  key: "update" | "rollback",
  policy: UpdatePolicy | undefined,
): readonly Problem[] {
  if (policy?.order !== "start-first") return [];
  const { name, plan } = planned;
  const port = plan.ports.find(({ mode }) => mode === "host");
  const volume = plan.mounts.flatMap((mount) => {
    const definition = mount.kind === "volume" ? input.site.volumes.get(mount.volume) : undefined;
    return mount.kind === "volume" && definition !== undefined && "replicated" in definition
      ? [mount.volume]
      : [];
  })[0];
  const obstacle =
    port !== undefined
      ? `the old task uses port ${port.published}/${port.protocol} of its server`
      : volume !== undefined
        ? `the old task is the only writer of the replicated volume ${volume}`
        : fullServers(planned, input);
  if (obstacle === undefined) return [];
  return [
    {
      path: servicePath(name, [key, "order"]),
      value: '"start-first"',
      message: `the new task can never start: ${obstacle}`,
      remedy: 'write "stop-first", or leave it out',
    },
  ];
}

/**
 * Whether the tasks use all places under the limit per server. A service that follows another one
 * has one server at a time.
 */
function fullServers(
  { plan: { mode, placement } }: PlannedService,
  { config, hosts }: RuleInput,
): string | undefined {
  const most = placement.maxReplicasPerHost;
  const leader = leaderOf(placement.constraints);
  const eligible = eligibleHosts(placement.constraints, hosts);
  const servers = leader === undefined ? eligible.length : 1;
  if (most === 0 || eligible.length === 0 || mode.kind !== "replicated") return undefined;
  if (mode.replicas < most * servers) return undefined;
  const where =
    leader === undefined
      ? `the ${eligibleText(eligible, config.clusterHosts)}`
      : `the server of ${leader}`;
  return `the old tasks use all places that maxReplicasPerHost allows on ${where}`;
}
