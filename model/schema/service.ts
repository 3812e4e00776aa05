import { z } from "zod";
import type { Dns, Healthcheck, LogMonitoring, NetworkAttachment, Service } from "../inventory";
import { composeService } from "../foreign/compose";
import { builderService } from "../foreign/hive-builder";
import {
  attachmentsForm,
  dnsForm,
  gatewayForm,
  healthcheckForm,
  hostsForm,
  imageForm,
  modeForm,
  numberForm,
  serviceNamesForm,
  tmpfsForm,
} from "../foreign/service-forms";
import {
  commandForm,
  environmentForm,
  labelTextForm,
  recordForm,
  restartForm,
  textForm,
} from "../foreign/text-forms";
import { isDomainName, stageNames } from "../values/names";
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
    retries: z.int().min(1).max(100).optional().meta({ foreignForm: numberForm }),
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
  z.string().meta({ foreignForm: labelTextForm }),
);

/** Schema of {@link Service}. */
export const serviceSchema = z
  .strictObject({
    image: z.union([imageReference, z.strictObject({ build: reference })]).meta({
      foreignForm: imageForm,
      write:
        'write a reference such as "docker.io/library/nginx@sha256:…", or { build: "<name>" } for an image of the site',
    }),
    availableOn: stageList
      .optional()
      .meta({ write: `write a list of ${stageNames.join(", ")}, or leave it out for all of them` }),
    dependsOn: z.array(reference).optional().meta({ foreignForm: serviceNamesForm }),
    mode: mode.optional().meta({
      foreignForm: modeForm,
      write: 'write "global", { replicas: 2 } or { job: { schedule: "0 3 * * *" } }',
    }),
    entrypoint: commandLine.optional().meta({ foreignForm: commandForm }),
    command: commandLine.optional().meta({ foreignForm: commandForm }),
    environment: z
      .record(environmentName, z.string().meta({ foreignForm: textForm }))
      .optional()
      .meta({ foreignForm: environmentForm }),
    ports: z.array(portSchema).optional(),
    endpointMode: z.enum(["vip", "dnsrr"]).optional(),
    networks: z.array(attachment).optional().meta({ foreignForm: attachmentsForm }),
    volumes: z.array(mountSchema).optional(),
    tmpfs: z.array(tmpfsSchema).optional().meta({ foreignForm: tmpfsForm }),
    secrets: z.array(secretMountSchema).optional(),
    configs: z.array(configMountSchema).optional(),
    hostname: z.string().min(1).optional(),
    hosts: z
      .record(dnsName, ipAddress.meta({ foreignForm: gatewayForm }))
      .optional()
      .meta({ foreignForm: hostsForm }),
    dns: dns.optional().meta({ foreignForm: dnsForm }),
    labels: labels.optional().meta({ foreignForm: recordForm }),
    containerLabels: labels.optional().meta({ foreignForm: recordForm }),
    placement: placement.optional(),
    healthcheck: healthcheck.optional().meta({
      foreignForm: healthcheckForm,
      write: 'write { command: ["curl", "-fsS", "http://127.0.0.1/"] }, or "none"',
    }),
    restart: restart.optional().meta({ foreignForm: restartForm }),
    update: update.optional(),
    rollback: rollback.optional(),
    stopGracePeriod: duration.optional(),
    stopSignal: z
      .string()
      .refine(isSignal, "is not a signal that Docker knows")
      .optional()
      .meta({ write: 'write a name such as "SIGQUIT"' }),
    user: z.string().min(1).optional().meta({ foreignForm: textForm }),
    groups: z.array(z.string().min(1).meta({ foreignForm: textForm })).optional(),
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
  .meta({ foreignKeys: [builderService, composeService] });
