import { z } from "zod";
import { cronFault } from "../values/cron";
import { composePlacement } from "../foreign/compose";
import { numberForm } from "../foreign/service-forms";
import type { Job, Placement, Resources, Restart, UpdatePolicy } from "../inventory";
import { constraintFault } from "../service/placement-constraints";
import { duration, exactlyOne, positiveDuration, reference, sizeFrom } from "./values";

/** Schemas of how many tasks a service has, where they run, and how they are started, changed and limited. */

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

/** Schema of `ServiceMode`. */
export const mode = z.union([
  z.literal("global"),
  z
    .strictObject({ replicas: z.int().min(0).max(1000).optional(), job: job.optional() })
    .superRefine(exactlyOne(["replicas", "job"], "{ replicas: 2 } or { job: {} }")),
]);

/** Schema of {@link Placement}. */
export const placement = z
  .strictObject({
    constraints: z
      .array(
        z
          .string()
          .superRefine((text, context) => {
            const message = constraintFault(text);
            if (message !== undefined) context.addIssue({ code: "custom", message });
          })
          .meta({
            write:
              'write node.hostname, node.role, node.labels.<name> …, then == or !=, and a value, e.g. "node.labels.hive.zone == zone-a"',
          }),
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
    with: reference.optional(),
  } satisfies Record<keyof Placement, z.ZodType>)
  .meta({ foreignKeys: [composePlacement] });

/** Schema of {@link Restart}. */
export const restart = z.strictObject({
  condition: z.enum(["any", "on-failure", "none"]).optional(),
  delay: duration.optional(),
  maxAttempts: z.int().min(1).max(1_000_000).optional(),
  window: positiveDuration.optional(),
} satisfies Record<keyof Restart, z.ZodType>);

/** Schema of {@link UpdatePolicy} for an update. */
export const update = z.strictObject({
  order: z.enum(["start-first", "stop-first"]).optional(),
  parallelism: z.int().min(0).max(1000).optional(),
  delay: duration.optional(),
  monitor: positiveDuration.optional(),
  maxFailureRatio: z.number().min(0).max(1).optional(),
  onFailure: z.enum(["rollback", "pause", "continue"]).optional(),
} satisfies Record<keyof UpdatePolicy, z.ZodType>);

/** Schema of {@link UpdatePolicy} for a roll-back: one that fails is not rolled back in its turn, Swarm takes no such value. */
export const rollback = update.extend({ onFailure: z.enum(["pause", "continue"]).optional() });

const cpus = z.number().min(0.01).max(1024).meta({ foreignForm: numberForm });

/** Schema of {@link Resources}. */
export const resources = z.strictObject({
  limits: z
    .strictObject({
      cpus: cpus.optional(),
      memory: sizeFrom("6MiB", "the least that Docker takes as a limit").optional(),
      pids: z.int().min(1).max(4_194_304).optional(),
    })
    .optional(),
  reservations: z
    .strictObject({
      cpus: cpus.optional(),
      memory: sizeFrom("4MiB", "the least that the Swarm takes").optional(),
    })
    .optional(),
} satisfies Record<keyof Resources, z.ZodType>);
