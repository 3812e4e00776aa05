/**
 * The types of what a user writes in `site/`. Schemas: `model/schema`. The result: `model/plan.ts`.
 */
export type { Image, ImagePull } from "./image";
export type { Initialization } from "./initialization";
export type { Network } from "./network";
export type { Port, PortProtocol, ShortPort } from "./port";
export type { Config, ConfigMount, Secret, SecretMount } from "./secret";
export type { Gate, GateCertificate, GatePorts, Route } from "./route";
export type { Service } from "./service";
export type { Site } from "./root";
export type {
  Backup,
  Capabilities,
  Dns,
  Healthcheck,
  Job,
  LogMonitoring,
  Logging,
  NetworkAttachment,
  Placement,
  Resources,
  Restart,
  ServiceMode,
  Ulimit,
  UpdatePolicy,
} from "./tasks";
export type {
  DiskTransformContext,
  InstanceDisk,
  ServerContainer,
  ServerDevice,
  ServerInstance,
  ServerMount,
  ServerTransformContext,
  ServiceTransformContext,
  Transform,
  VolumeDisk,
} from "./transform";
export type { StageValue, ValueContents, ValueDeclaration } from "./value";
export type { Mount, Tmpfs, Volume } from "./volume";
