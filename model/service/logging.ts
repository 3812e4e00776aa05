import { z } from "zod";
import type { Logging } from "../inventory";
import { suggestion } from "../problem/suggestion";
import { textRecord } from "../schema/values";
import { sortedRecord } from "../values/text-order";
import type { SwarmConcept } from "./concept";

/** The log driver of a service's output. */

/** The log driver. */
export interface LoggingPlan {
  readonly driver: string;
  readonly options: Readonly<Record<string, string>>;
}

/** Logging in the plan. */
export interface LoggedPlan {
  readonly logging?: LoggingPlan;
}

const labelOptions = ["env", "env-regex", "labels", "labels-regex", "tag"];
const fileOptions = ["compress", "max-file", "max-size"];

/** Options of any driver (moby, `daemon/logger/factory.go`). */
const generalOptions = ["mode", "max-buffer-size"];

/**
 * Options with which Docker Engine keeps the output readable besides a driver that sends it away
 * (moby, `daemon/logger/loggerutils/cache`).
 */
const cacheOptions = ["cache-disabled", "cache-compress", "cache-max-file", "cache-max-size"];

/**
 * Docker Engine's own drivers, with their options (moby, `ValidateLogOpt` in each folder of
 * `daemon/logger`).
 */
const drivers: Readonly<Record<string, readonly string[]>> = {
  awslogs: [
    "awslogs-create-group",
    "awslogs-credentials-endpoint",
    "awslogs-datetime-format",
    "awslogs-endpoint",
    "awslogs-force-flush-interval-seconds",
    "awslogs-format",
    "awslogs-group",
    "awslogs-max-buffered-events",
    "awslogs-multiline-pattern",
    "awslogs-region",
    "awslogs-stream",
    "tag",
  ],
  fluentd: [
    ...labelOptions,
    "fluentd-address",
    "fluentd-async",
    "fluentd-async-connect",
    "fluentd-async-reconnect-interval",
    "fluentd-buffer-limit",
    "fluentd-max-retries",
    "fluentd-request-ack",
    "fluentd-retry-wait",
    "fluentd-sub-second-precision",
  ],
  gcplogs: [
    "env",
    "env-regex",
    "gcp-log-cmd",
    "gcp-meta-id",
    "gcp-meta-name",
    "gcp-meta-zone",
    "gcp-project",
    "labels",
    "labels-regex",
  ],
  gelf: [
    ...labelOptions,
    "gelf-address",
    "gelf-compression-level",
    "gelf-compression-type",
    "gelf-tcp-max-reconnect",
    "gelf-tcp-reconnect-delay",
  ],
  journald: labelOptions,
  "json-file": [...labelOptions, ...fileOptions],
  local: fileOptions,
  none: [],
  splunk: [
    ...labelOptions,
    "splunk-caname",
    "splunk-capath",
    "splunk-format",
    "splunk-gzip",
    "splunk-gzip-level",
    "splunk-index",
    "splunk-index-acknowledgment",
    "splunk-insecureskipverify",
    "splunk-source",
    "splunk-sourcetype",
    "splunk-token",
    "splunk-url",
    "splunk-verify-connection",
  ],
  syslog: [
    ...labelOptions,
    "syslog-address",
    "syslog-facility",
    "syslog-format",
    "syslog-tls-ca-cert",
    "syslog-tls-cert",
    "syslog-tls-key",
    "syslog-tls-skip-verify",
  ],
};

/**
 * An unknown driver can be a plugin of the servers with any name, so only a name that looks
 * mistyped is refused; the options belong to the plugin.
 */
const schema = {
  logging: z
    .strictObject({
      driver: z.string().min(1),
      options: textRecord.optional(),
    } satisfies Record<keyof Logging, z.ZodType>)
    .superRefine(({ driver, options = {} }, context) => {
      const known = drivers[driver];
      if (known === undefined) {
        const meant = suggestion(driver, Object.keys(drivers));
        if (meant === undefined) return;
        context.addIssue({
          code: "custom",
          path: ["driver"],
          message: "is not a log driver of Docker Engine",
          params: { remedy: `did you mean "${meant}"? A plugin needs another name` },
        });
        return;
      }
      // The driver none ignores options.
      if (driver === "none") return;
      const all = [...known, ...generalOptions, ...cacheOptions];
      for (const option of Object.keys(options).filter((key) => !all.includes(key))) {
        const meant = suggestion(option, all);
        context.addIssue({
          code: "custom",
          path: ["options", option],
          message: `is not an option of the log driver ${driver}`,
          params: {
            remedy:
              meant === undefined
                ? `remove it; the options of ${driver} are ${known.join(", ")}`
                : `did you mean ${meant}?`,
          },
        });
      }
      if (options["max-buffer-size"] !== undefined && options["mode"] !== "non-blocking") {
        context.addIssue({
          code: "custom",
          path: ["options", "max-buffer-size"],
          message: "is possible only if the driver does not block",
          params: { remedy: 'write mode: "non-blocking" beside it, or remove it' },
        });
      }
    })
    .optional(),
};

/** The concept; see `concepts.ts`. */
export const logging: SwarmConcept<typeof schema, LoggedPlan> = {
  schema,
  plan: ({ logging: wanted }) =>
    wanted === undefined
      ? {}
      : { logging: { driver: wanted.driver, options: sortedRecord(wanted.options ?? {}) } },
  fields: { logging: "tasks" },
  normalize: ({ logging: there }) =>
    there === undefined ? {} : { logging: { driver: there.driver, options: there.options } },
  toEngine: ({ logging: wanted }) => ({
    task:
      wanted === undefined ? {} : { LogDriver: { Name: wanted.driver, Options: wanted.options } },
  }),
  fromEngine: ({ TaskTemplate: { LogDriver: driver } }) => {
    const { Name: name = "", Options: options = {} } = driver ?? {};
    return name === "" ? {} : { logging: { driver: name, options } };
  },
};
