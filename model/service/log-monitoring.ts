import { z } from "zod";
import type { LogMonitoring } from "../inventory";
import type { Concept } from "./concept";

/** The lines of a service's output that raise an alarm. */

/** Lines that raise an alarm. */
export interface LogMonitoringPlan {
  readonly alert: readonly string[];
  readonly ignore: readonly string[];
}

/** Alarms in the plan. */
export interface AlarmsPlan {
  readonly logMonitoring?: LogMonitoringPlan;
}

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

const schema = {
  logMonitoring: z
    .strictObject({
      alert: expressions.min(1),
      ignore: expressions.optional(),
    } satisfies Record<keyof LogMonitoring, z.ZodType>)
    .optional(),
};

/** The concept; see `concepts.ts`. */
export const logMonitoring: Concept<typeof schema, AlarmsPlan> = {
  schema,
  plan: ({ logMonitoring: wanted }) =>
    wanted === undefined
      ? {}
      : { logMonitoring: { alert: wanted.alert, ignore: wanted.ignore ?? [] } },
};
