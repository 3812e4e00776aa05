/** What a user writes in `site/`: types only. Schemas: `model/schema`. What becomes of it: `model/plan.ts`. */
export type { Image, ImagePull } from "./image";
export type { Initialization } from "./initialization";
export type { Network } from "./network";
export type { Port, PortProtocol, ShortPort } from "./port";
export type { Config, ConfigMount, Secret, SecretMount } from "./secret";
export type {
  Backup,
  Capabilities,
  Dns,
  Healthcheck,
  Job,
  Logging,
  LogMonitoring,
  NetworkAttachment,
  Placement,
  Resources,
  Restart,
  Service,
  ServiceMode,
  Ulimit,
  UpdatePolicy,
} from "./service";
export type { Site } from "./root";
export type { Mount, Tmpfs, Volume } from "./volume";
