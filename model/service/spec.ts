import { fieldNames, type PlannedService, type ServicePlan } from "./concepts";

export type { PlannedService, ServiceSpec } from "./concepts";
export type { ServiceFile } from "./files";
export type { ServiceMount } from "./mounts";
export type { ServiceNetwork } from "./networks";

/**
 * What the Swarm is told of a service as the plan has it: without what concerns other services, or
 * other resources than the service itself.
 */
export function plannedService(plan: ServicePlan): PlannedService {
  const names: readonly string[] = ["name", ...fieldNames];
  return Object.fromEntries(
    Object.entries(plan).filter(([name]) => names.includes(name)),
  ) as object as PlannedService;
}
