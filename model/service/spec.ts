import type { ServicePlan } from "./concepts";

export type { ServiceSpec } from "./concepts";
export type { ServiceFile } from "./files";
export type { ServiceMount } from "./mounts";
export type { ServiceNetwork } from "./networks";

/** What a service of the Swarm takes over from the plan as it stands there. */
export type PlannedService = Omit<
  ServicePlan,
  // What concerns other services, or other resources than the service itself.
  | "dependsOn"
  | "initialize"
  | "backups"
  | "logMonitoring"
  | "standalone"
  // What the plan names, and what the Swarm wants to know by other names.
  | "image"
  | "networks"
  | "mounts"
  | "secrets"
  | "configs"
>;
