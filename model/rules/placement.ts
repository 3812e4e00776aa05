import type { Problem } from "../problems";
import { servicePath } from "../site-check";
import { forEachService } from "./rule";

/** The tasks of a service find room under its own limits. */
export const placementProblems = forEachService(({ name, service, plan }, { config }) => {
  const problems: Problem[] = [];
  const most = plan.placement.maxReplicasPerHost;
  if (most > 0 && plan.mode.kind === "global") {
    problems.push({
      path: servicePath(name, ["placement", "maxReplicasPerHost"]),
      value: String(most),
      message: "a global service has one task on each server, no more",
      remedy: "remove it",
    });
  }
  const { clusterHosts } = config;
  if (
    most > 0 &&
    plan.mode.kind === "replicated" &&
    clusterHosts !== undefined &&
    plan.mode.replicas > most * clusterHosts
  ) {
    problems.push({
      path: servicePath(name, ["placement", "maxReplicasPerHost"]),
      value: String(most),
      message: `leaves room for ${most * clusterHosts} tasks on the ${clusterHosts} cluster servers, and ${plan.mode.replicas} are to run`,
      remedy: `write at least ${Math.ceil(plan.mode.replicas / clusterHosts)}, or fewer replicas`,
    });
  }
  const { limits, reservations } = plan.resources;
  for (const [key, limit, reservation] of [
    ["cpus", limits.cpus, reservations.cpus],
    ["memory", limits.memoryBytes, reservations.memoryBytes],
  ] as const) {
    if (limit === undefined || reservation === undefined || reservation <= limit) continue;
    problems.push({
      path: servicePath(name, ["resources", "reservations", key]),
      value: String(service.resources?.reservations?.[key]),
      message: `more is reserved than the limit of ${service.resources?.limits?.[key]} lets a task use`,
      remedy: "write at most the limit",
    });
  }
  return problems;
});
