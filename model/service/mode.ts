import { z } from "zod";
import { modeForm } from "../foreign/service-forms";
import type { Job } from "../inventory";
import { exactlyOne } from "../schema/values";
import { scheduleLabel } from "../swarm/labels";
import { cronFault } from "../values/cron";
import { present } from "../values/present";
import type { SwarmConcept } from "./concept";
import type { EngineMode } from "../engine-api/service-spec";

/** How many tasks a service has, and whether they end. */

/** How many tasks a service has. */
export type ServiceMode =
  | { readonly kind: "global" }
  | { readonly kind: "replicated"; readonly replicas: number }
  | {
      readonly kind: "job";
      /** Cron expression in UTC; absent for a one-time job, which runs at each change. */
      readonly schedule?: string;
      /** Number of retries of a failed task. */
      readonly retries: number;
    };

/** The mode in the plan. */
export interface ModePlan {
  readonly mode: ServiceMode;
}

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

const schema = {
  mode: z
    .union([
      z.literal("global"),
      z
        .strictObject({ replicas: z.int().min(0).max(1000).optional(), job: job.optional() })
        .superRefine(exactlyOne(["replicas", "job"], "{ replicas: 2 } or { job: {} }")),
    ])
    .optional()
    .meta({
      foreignForm: modeForm,
      write: 'write "global", { replicas: 2 } or { job: { schedule: "0 3 * * *" } }',
    }),
};

/**
 * The concept; see `concepts.ts`. The schedule is in a label, which `to-engine.ts` writes with the
 * others.
 */
export const mode: SwarmConcept<typeof schema, ModePlan> = {
  schema,
  plan: (service) => {
    const { mode } = service;
    if (mode === "global") return { mode: { kind: "global" } };
    if (mode === undefined) return { mode: { kind: "replicated", replicas: 1 } };
    if ("replicas" in mode) return { mode: { kind: "replicated", replicas: mode.replicas } };
    return {
      mode: {
        kind: "job",
        ...present("schedule", mode.job.schedule?.trim().replace(/\s+/g, " ")),
        retries: mode.job.retries ?? 0,
      },
    };
  },
  fields: { mode: "nothing" },
  normalize: (spec) => ({ mode: spec.mode }),
  toEngine: (spec) => ({ service: { Mode: engineMode(spec.mode) } }),
  fromEngine: ({ Mode: mode, Labels: labels, TaskTemplate: template }) => {
    if (mode.ReplicatedJob !== undefined) {
      const schedule = labels?.[scheduleLabel];
      const { Condition, MaxAttempts } = template.RestartPolicy ?? {};
      return {
        mode: {
          kind: "job",
          ...(schedule === undefined ? {} : { schedule }),
          retries: Condition === "none" ? 0 : (MaxAttempts ?? 0),
        },
      };
    }
    return {
      mode:
        mode.Global === undefined
          ? { kind: "replicated", replicas: mode.Replicated?.Replicas ?? 1 }
          : { kind: "global" },
    };
  },
};

/** A mode in the Engine API's form. */
export function engineMode(mode: ServiceMode): EngineMode {
  switch (mode.kind) {
    case "global":
      return { Global: {} };
    case "replicated":
      return { Replicated: { Replicas: mode.replicas } };
    case "job":
      return {
        ReplicatedJob: {
          MaxConcurrent: 1,
          TotalCompletions: mode.schedule === undefined ? 1 : 0,
        },
      };
  }
}
