import { z } from "zod";
import type { Dns, Healthcheck, LogMonitoring, NetworkAttachment, Service } from "../inventory";
import { isDomainName, stageNames } from "../names";
import { imageReference, stageList } from "./image";
import { backupSchema, initializationSchema } from "./initialization";
import { capabilities, isSignal, sysctls, ulimits } from "./kernel";
import { logging } from "./logging";
import { portSchema } from "./port";
import { configMountSchema, secretMountSchema } from "./secret";
import { mode, placement, resources, restart, rollback, update } from "./tasks";
import {
  absolutePath,
  commandLine,
  dnsName,
  duration,
  environmentName,
  ipAddress,
  positiveDuration,
  reference,
  textRecord,
} from "./values";
import { mountSchema, tmpfsSchema } from "./volume";

const attachment = z.union([
  reference,
  z.strictObject({
    name: reference,
    aliases: z.array(dnsName).optional(),
  } satisfies Record<keyof NetworkAttachment, z.ZodType>),
]);

const hostName = z
  .string()
  .refine((text) => isDomainName(text.toLowerCase()), "is not a host name");

const dns = z.strictObject({
  servers: z.array(ipAddress).optional(),
  search: z
    .array(hostName)
    .optional()
    .meta({ write: 'write a list of domains, e.g. ["hive.example"]' }),
  options: z.array(z.string().min(1)).optional(),
} satisfies Record<keyof Dns, z.ZodType>);

const healthcheck = z.union([
  z.literal("none"),
  z.strictObject({
    command: commandLine,
    interval: positiveDuration.optional(),
    timeout: positiveDuration.optional(),
    retries: z.int().min(1).max(100).optional(),
    startPeriod: duration.optional(),
  } satisfies Record<keyof Healthcheck, z.ZodType>),
]);

const expressions = z.array(
  z
    .string()
    .min(1)
    .refine(isExpression, "is not a regular expression")
    .meta({ takes: "a regular expression" }),
);

function isExpression(text: string): boolean {
  try {
    return new RegExp(text) instanceof RegExp;
  } catch {
    return false;
  }
}

const logMonitoring = z.strictObject({
  alert: expressions.min(1),
  ignore: expressions.optional(),
} satisfies Record<keyof LogMonitoring, z.ZodType>);

const labels = z.record(
  z
    .string()
    .refine(
      (key) => key !== "" && !key.startsWith("hive."),
      "labels that begin with hive. belong to hive",
    ),
  z.string(),
);

/** What keys are called in Compose files and in hive-builder, where the spelling alone does not lead to them. */
const otherNames = {
  backup_scripts: "backups",
  cap_add: "capabilities.add",
  cap_drop: "capabilities.drop",
  cpu_limit: "resources.limits.cpus",
  cpus: "resources.limits.cpus",
  env: "environment",
  extra_hosts: "hosts",
  group_add: "groups",
  initialize_roles: "initialize",
  initialization: "initialize",
  mem_limit: "resources.limits.memory",
  monitor_error: "logMonitoring.alert",
  ignore_error: "logMonitoring.ignore",
  restart_config: "restart",
  working_dir: "workingDirectory",
  workingDir: "workingDirectory",
};

/** Schema of {@link Service}. */
export const serviceSchema = z
  .strictObject({
    image: z.union([imageReference, z.strictObject({ build: reference })]).meta({
      write:
        'write a reference such as "docker.io/library/nginx@sha256:…", or { build: "<name>" } for an image of the site',
    }),
    availableOn: stageList
      .optional()
      .meta({ write: `write a list of ${stageNames.join(", ")}, or leave it out for all of them` }),
    dependsOn: z.array(reference).optional(),
    mode: mode
      .optional()
      .meta({ write: 'write "global", { replicas: 2 } or { job: { schedule: "0 3 * * *" } }' }),
    entrypoint: commandLine.optional(),
    command: commandLine.optional(),
    environment: z.record(environmentName, z.string()).optional(),
    ports: z.array(portSchema).optional(),
    endpointMode: z.enum(["vip", "dnsrr"]).optional(),
    networks: z.array(attachment).optional(),
    volumes: z.array(mountSchema).optional(),
    tmpfs: z.array(tmpfsSchema).optional(),
    secrets: z.array(secretMountSchema).optional(),
    configs: z.array(configMountSchema).optional(),
    hostname: z.string().min(1).optional(),
    hosts: z.record(dnsName, ipAddress).optional(),
    dns: dns.optional(),
    labels: labels.optional(),
    containerLabels: labels.optional(),
    placement: placement.optional(),
    healthcheck: healthcheck
      .optional()
      .meta({ write: 'write { command: ["curl", "-fsS", "http://127.0.0.1/"] }, or "none"' }),
    restart: restart.optional(),
    update: update.optional(),
    rollback: rollback.optional(),
    stopGracePeriod: duration.optional(),
    stopSignal: z
      .string()
      .refine(isSignal, "is not a signal that Docker knows")
      .optional()
      .meta({ write: 'write a name such as "SIGQUIT"' }),
    user: z.string().min(1).optional(),
    groups: z.array(z.string().min(1)).optional(),
    workingDirectory: z
      .union([z.literal("/"), absolutePath])
      .optional()
      .meta({ takes: "an absolute path", write: "write an absolute path" }),
    capabilities: capabilities.optional(),
    sysctls: sysctls.optional(),
    ulimits: ulimits.optional(),
    init: z.boolean().optional(),
    readOnly: z.boolean().optional(),
    tty: z.boolean().optional(),
    resources: resources.optional(),
    logging: logging.optional(),
    standalone: z.boolean().optional(),
    initialize: z.array(initializationSchema).optional(),
    backups: z.array(backupSchema).optional(),
    logMonitoring: logMonitoring.optional(),
  } satisfies Record<keyof Service, z.ZodType>)
  .meta({ otherNames });
