import type { UpdatePolicy } from "../inventory";
import type { ServicePlan } from "../plan";
import type { Problem } from "../problems";
import { servicePath } from "../site-check";
import { forEachService, type PlannedService, type RuleInput } from "./rule";

/** A new task is started first only where it can run beside the old one. */
export const orderProblems = forEachService((planned, input) => [
  ...orderProblem(planned, input, "update", planned.service.update),
  ...orderProblem(planned, input, "rollback", planned.service.rollback),
]);

function orderProblem(
  { name, plan }: PlannedService,
  { site, config }: RuleInput,
  key: "update" | "rollback",
  policy: UpdatePolicy | undefined,
): readonly Problem[] {
  if (policy?.order !== "start-first") return [];
  const port = plan.ports.find(({ mode }) => mode === "host");
  const volume = plan.mounts.flatMap((mount) => {
    const wish = mount.kind === "volume" ? site.volumes.get(mount.volume) : undefined;
    return mount.kind === "volume" && wish !== undefined && "replicated" in wish
      ? [mount.volume]
      : [];
  })[0];
  const obstacle =
    port !== undefined
      ? `the old task holds port ${port.published}/${port.protocol} of its server`
      : volume !== undefined
        ? `the old task is the one writer of the replicated volume ${volume}`
        : fullServers(plan, config.clusterHosts);
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

/** Whether all places that a limit for each server leaves are taken. */
function fullServers(plan: ServicePlan, clusterHosts: number | undefined): string | undefined {
  const most = plan.placement.maxReplicasPerHost;
  if (most === 0 || clusterHosts === undefined || plan.mode.kind !== "replicated") return undefined;
  if (plan.mode.replicas < most * clusterHosts) return undefined;
  return `the old tasks take all places that maxReplicasPerHost leaves on ${clusterHosts} servers`;
}
