import { z } from "zod";
import { restartForm } from "../foreign/text-forms";
import type { Restart } from "../inventory";
import { duration, positiveDuration } from "../schema/values";
import { secondsOr } from "../values/duration";
import type { SwarmConcept } from "./concept";
import { mode, type ModePlan } from "./mode";
import { mounts } from "./mounts";
import { fromNano, roundNano, toNano } from "./units";

/** When an ended task is restarted. */

/** When a task is restarted. */
export interface RestartPlan {
  readonly condition: "any" | "on-failure" | "none";
  readonly delaySeconds: number;
  /** 0: no limit. */
  readonly maxAttempts: number;
  /** 0: all attempts count. */
  readonly windowSeconds: number;
}

/** The restart policy in the plan. */
export interface RestartedPlan {
  readonly restart: RestartPlan;
}

const schema = {
  restart: z
    .strictObject({
      condition: z.enum(["any", "on-failure", "none"]).optional(),
      delay: duration.optional(),
      maxAttempts: z.int().min(1).max(1_000_000).optional(),
      window: positiveDuration.optional(),
    } satisfies Record<keyof Restart, z.ZodType>)
    .optional()
    .meta({ foreignForm: restartForm }),
};

/** Docker Engine's default delay, seconds (swarmkit, `api/defaults`). */
const engineDelay = 5;

/** The concept; see `concepts.ts`. */
export const restart: SwarmConcept<typeof schema, RestartedPlan, RestartedPlan, ModePlan> = {
  schema,
  plan: (service, context) => {
    const wanted = service.restart ?? {};
    const planned = mode.plan(service, context).mode;
    const hasReplicated = mounts
      .plan(service, context)
      .mounts.some(
        (mount) => mount.kind === "volume" && context.replicatedVolumes.has(mount.volume),
      );
    // Services with data for others, and their followers, restart without a delay.
    const atOnce = hasReplicated || service.placement?.with !== undefined;
    return {
      restart: {
        condition: wanted.condition ?? "any",
        delaySeconds: secondsOr(wanted.delay, atOnce ? 0 : 1),
        maxAttempts: wanted.maxAttempts ?? 0,
        windowSeconds: secondsOr(wanted.window, 0),
        ...(planned.kind === "job" ? jobRestart(planned.retries) : {}),
      },
    };
  },
  fields: { restart: "tasks" },
  normalize: (spec) => ({
    restart: {
      condition: spec.restart.condition,
      delaySeconds: roundNano(spec.restart.delaySeconds),
      maxAttempts: spec.restart.maxAttempts,
      windowSeconds: roundNano(spec.restart.windowSeconds),
      ...(spec.mode.kind === "job" ? jobRestart(spec.mode.retries) : {}),
    },
  }),
  toEngine: (spec) => ({
    task: {
      RestartPolicy: {
        Condition: spec.restart.condition,
        Delay: toNano(spec.restart.delaySeconds),
        MaxAttempts: spec.restart.maxAttempts,
        Window: toNano(spec.restart.windowSeconds),
      },
    },
  }),
  fromEngine: ({ TaskTemplate: { RestartPolicy: policy } }) => ({
    restart: {
      condition: (policy?.Condition ?? "any") as RestartPlan["condition"],
      delaySeconds: policy === undefined ? engineDelay : fromNano(policy.Delay ?? 0),
      maxAttempts: policy?.MaxAttempts ?? 0,
      windowSeconds: fromNano(policy?.Window ?? 0),
    },
  }),
};

/**
 * The restart policy of a job. Docker Engine reads 0 attempts as no limit, so no retry is another
 * condition.
 */
function jobRestart(retries: number): Pick<RestartPlan, "condition" | "maxAttempts"> {
  return { condition: retries === 0 ? "none" : "on-failure", maxAttempts: retries };
}
