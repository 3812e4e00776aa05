import { fieldNames, type PlannedService, type ServicePlan } from "./concepts";

export type { PlannedService, ServiceSpec } from "./concepts";
export type { ServiceFile } from "./files";
export type { ServiceMount } from "./mounts";
export type { ServiceNetwork } from "./networks";

/**
 * The part of a planned service that goes to the Swarm unchanged: without references to other
 * services or resources.
 */
export function plannedService(plan: ServicePlan): PlannedService {
  const names: readonly string[] = ["name", ...fieldNames];
  return Object.fromEntries(
    Object.entries(plan).filter(([name]) => names.includes(name)),
  ) as object as PlannedService;
}
