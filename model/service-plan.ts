/**
 * The parts of a plan about services: normalized, every default filled in, sizes in bytes, times in
 * seconds, maps and lists of names in alphabetical order. References to networks, volumes, secrets
 * and configs are by the site's names. Each part is in the file of its concept in `model/service`.
 */
export type { BackupPlan } from "./service/backups";
export type { ServicePlan } from "./service/concepts";
export type { FilePlan, FileTarget } from "./service/files";
export type { HealthcheckPlan } from "./service/healthcheck";
export type { ServiceImage } from "./service/image";
export type { InitializationPlan } from "./service/initialization";
export type { UlimitPlan } from "./service/kernel";
export type { LogMonitoringPlan } from "./service/log-monitoring";
export type { LoggingPlan } from "./service/logging";
export type { ServiceMode } from "./service/mode";
export type { BindPlan, MountPlan, TmpfsPlan } from "./service/mounts";
export type { DnsPlan } from "./service/names";
export type { AttachmentPlan } from "./service/networks";
export type { PlacementPlan } from "./service/placement";
export type { PortPlan } from "./service/ports";
export type { ResourcesPlan } from "./service/resources";
export type { RoutePlan } from "./service/routes";
export type { RestartPlan } from "./service/restart";
export type { UpdatePlan } from "./service/rollout";
