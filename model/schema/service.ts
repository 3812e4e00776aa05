import { z } from "zod";
import type {
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
  UpdatePolicy,
} from "../inventory";
import { cronFault } from "../cron";
import { isDomainName, stageNames } from "../names";
import { imageReference, stageList } from "./image";
import { backupSchema, initializationSchema } from "./initialization";
import { capabilities, sysctls, ulimits } from "./kernel";
import { portSchema } from "./port";
import { configMountSchema, secretMountSchema } from "./secret";
import {
  absolutePath,
  commandLine,
  duration,
  environmentName,
  exactlyOne,
  ipAddress,
  nameSchema,
  positiveDuration,
  reference,
  size,
  textRecord,
} from "./values";
import { mountSchema, tmpfsSchema } from "./volume";

const job = z.strictObject({
  schedule: z
    .string()
    .superRefine((text, context) => {
      const fault = cronFault(text);
      if (fault === undefined) return;
      context.addIssue({
        code: "custom",
        message: fault,
        params: {
          remedy:
            'write five fields (minute, hour, day of the month, month, day of the week), e.g. "0 3 * * *" for 03:00 UTC every day',
        },
      });
    })
    .optional(),
  retries: z.int().min(0).max(100).optional(),
} satisfies Record<keyof Job, z.ZodType>);

const mode = z.union([
  z.literal("global"),
  z
    .strictObject({ replicas: z.int().min(0).max(1000).optional(), job: job.optional() })
    .superRefine(exactlyOne(["replicas", "job"], "{ replicas: 2 } or { job: {} }")),
]);

const attachment = z.union([
  reference,
  z.strictObject({
    name: reference,
    aliases: z.array(nameSchema).optional(),
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

const placement = z.strictObject({
  constraints: z
    .array(
      z
        .string()
        .regex(/^(node|engine)\.\S+\s*(==|!=)\s*\S+$/, "is not a condition that Swarm takes")
        .meta({ write: 'write e.g. "node.labels.hive.zone == zone-a"' }),
    )
    .optional(),
  spread: z
    .array(
      z
        .string()
        .regex(/^(node|engine)\.labels\.\S+$/, "is not a node label")
        .meta({ write: 'write e.g. "node.labels.hive.zone"' }),
    )
    .optional(),
  maxReplicasPerHost: z.int().min(1).max(1000).optional(),
} satisfies Record<keyof Placement, z.ZodType>);

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

const restart = z.strictObject({
  condition: z.enum(["any", "on-failure", "none"]).optional(),
  delay: duration.optional(),
  maxAttempts: z.int().min(1).max(1_000_000).optional(),
  window: positiveDuration.optional(),
} satisfies Record<keyof Restart, z.ZodType>);

const update = z.strictObject({
  order: z.enum(["start-first", "stop-first"]).optional(),
  parallelism: z.int().min(0).max(1000).optional(),
  delay: duration.optional(),
  monitor: positiveDuration.optional(),
  maxFailureRatio: z.number().min(0).max(1).optional(),
  onFailure: z.enum(["rollback", "pause", "continue"]).optional(),
} satisfies Record<keyof UpdatePolicy, z.ZodType>);

// A roll-back that fails is not rolled back in its turn: Swarm takes no such value.
const rollback = update.extend({ onFailure: z.enum(["pause", "continue"]).optional() });

const cpus = z.number().min(0.01).max(1024);

const resources = z.strictObject({
  limits: z
    .strictObject({
      cpus: cpus.optional(),
      memory: size.optional(),
      pids: z.int().min(1).max(4_194_304).optional(),
    })
    .optional(),
  reservations: z.strictObject({ cpus: cpus.optional(), memory: size.optional() }).optional(),
} satisfies Record<keyof Resources, z.ZodType>);

const logging = z.strictObject({
  driver: z.string().min(1),
  options: textRecord.optional(),
} satisfies Record<keyof Logging, z.ZodType>);

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
    hostname: z.string().min(1).max(255).optional(),
    hosts: z.record(hostName, ipAddress).optional(),
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
      .regex(/^SIG[A-Z0-9]+([+-][0-9]{1,2})?$/, "is not the name of a signal")
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
