import { z } from "zod";
import { healthcheckForm, numberForm } from "../foreign/service-forms";
import type { Healthcheck } from "../inventory";
import { commandLine, duration, positiveDuration } from "../schema/values";
import { secondsOr } from "../values/duration";
import type { SwarmConcept } from "./concept";
import type { EngineHealthcheck } from "../engine-api/service-spec";
import { fromNano, roundNano, toNano } from "./units";

/** How Docker Engine checks whether a task works. */

/**
 * A container health check; durations in seconds. An empty command switches the image's own check
 * off.
 */
export interface HealthcheckPlan {
  /** Command and arguments, run without a shell. */
  readonly command: readonly string[];
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly retries: number;
  readonly startPeriodSeconds: number;
}

/** The health check in the plan. */
export interface HealthPlan {
  readonly healthcheck?: HealthcheckPlan;
}

const schema = {
  healthcheck: z
    .union([
      z.literal("none"),
      z.strictObject({
        command: commandLine,
        interval: positiveDuration.optional(),
        timeout: positiveDuration.optional(),
        retries: z.int().min(1).max(100).optional().meta({ foreignForm: numberForm }),
        startPeriod: duration.optional(),
      } satisfies Record<keyof Healthcheck, z.ZodType>),
    ])
    .optional()
    .meta({
      foreignForm: healthcheckForm,
      write: 'write { command: ["curl", "-fsS", "http://127.0.0.1/"] }, or "none"',
    }),
};

/** A disabled check has no times. */
const switchedOff: HealthcheckPlan = {
  command: [],
  intervalSeconds: 0,
  timeoutSeconds: 0,
  retries: 0,
  startPeriodSeconds: 0,
};

/** The concept; see `concepts.ts`. */
export const health: SwarmConcept<typeof schema, HealthPlan> = {
  schema,
  plan: ({ healthcheck }) => {
    if (healthcheck === undefined) return {};
    if (healthcheck === "none") return { healthcheck: switchedOff };
    return {
      healthcheck: {
        command: healthcheck.command,
        intervalSeconds: secondsOr(healthcheck.interval, 10),
        timeoutSeconds: secondsOr(healthcheck.timeout, 5),
        retries: healthcheck.retries ?? 3,
        startPeriodSeconds: secondsOr(healthcheck.startPeriod, 0),
      },
    };
  },
  fields: { healthcheck: "tasks" },
  normalize: ({ healthcheck: check }) => {
    if (check === undefined) return {};
    if (check.command.length === 0) return { healthcheck: switchedOff };
    return {
      healthcheck: {
        command: check.command,
        intervalSeconds: roundNano(check.intervalSeconds),
        timeoutSeconds: roundNano(check.timeoutSeconds),
        retries: check.retries,
        startPeriodSeconds: roundNano(check.startPeriodSeconds),
      },
    };
  },
  toEngine: ({ healthcheck: check }) => ({
    container: check === undefined ? {} : { Healthcheck: engineHealthcheck(check) },
  }),
  fromEngine: ({ TaskTemplate: { ContainerSpec: container } }) => {
    const { Healthcheck: check } = container;
    const [kind = "", ...command] = check?.Test ?? [];
    if (check === undefined || kind === "") return {};
    return {
      healthcheck: {
        // A check through a shell is shown as a difference, because it is not the wanted one.
        command: kind === "NONE" ? [] : kind === "CMD" ? command : [kind, ...command],
        intervalSeconds: fromNano(check.Interval ?? 0),
        timeoutSeconds: fromNano(check.Timeout ?? 0),
        retries: check.Retries ?? 0,
        startPeriodSeconds: fromNano(check.StartPeriod ?? 0),
      },
    };
  },
};

function engineHealthcheck(check: HealthcheckPlan): EngineHealthcheck {
  if (check.command.length === 0) return { Test: ["NONE"] };
  return {
    Test: ["CMD", ...check.command],
    Interval: toNano(check.intervalSeconds),
    Timeout: toNano(check.timeoutSeconds),
    Retries: check.retries,
    StartPeriod: toNano(check.startPeriodSeconds),
  };
}
