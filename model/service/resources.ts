import { z } from "zod";
import { numberForm } from "../foreign/service-forms";
import type { Resources } from "../inventory";
import { sizeFrom } from "../schema/values";
import { present } from "../values/present";
import { bytesOf } from "../values/size";
import type { SwarmConcept } from "./concept";
import { fromNano, roundNano, toNano } from "./units";
import { amount } from "./unless-empty";

/** Resources of a task on its server. */

/** Resources of a task; absent: no limit, nothing reserved. */
export interface ResourcesPlan {
  readonly limits: {
    readonly cpus?: number;
    readonly memoryBytes?: number;
    readonly pids?: number;
  };
  readonly reservations: { readonly cpus?: number; readonly memoryBytes?: number };
}

/** Resources in the plan. */
export interface LimitedPlan {
  readonly resources: ResourcesPlan;
}

const cpus = z.number().min(0.01).max(1024).meta({ foreignForm: numberForm });

const schema = {
  resources: z
    .strictObject({
      limits: z
        .strictObject({
          cpus: cpus.optional(),
          memory: sizeFrom("6MiB", "the minimum for a limit in Docker").optional(),
          pids: z.int().min(1).max(4_194_304).optional(),
        })
        .optional(),
      reservations: z
        .strictObject({
          cpus: cpus.optional(),
          memory: sizeFrom("4MiB", "the minimum in Swarm").optional(),
        })
        .optional(),
    } satisfies Record<keyof Resources, z.ZodType>)
    .optional(),
};

/** The concept; see `concepts.ts`. */
export const resources: SwarmConcept<typeof schema, LimitedPlan> = {
  schema,
  plan: (service) => {
    const { limits = {}, reservations = {} } = service.resources ?? {};
    return {
      resources: {
        limits: {
          ...present("cpus", limits.cpus),
          ...present("memoryBytes", bytesOf(limits.memory)),
          ...present("pids", limits.pids),
        },
        reservations: {
          ...present("cpus", reservations.cpus),
          ...present("memoryBytes", bytesOf(reservations.memory)),
        },
      },
    };
  },
  fields: { resources: "tasks" },
  normalize: ({ resources: { limits, reservations } }) => ({
    resources: {
      limits: {
        ...amount("cpus", roundNano(limits.cpus ?? 0)),
        ...amount("memoryBytes", limits.memoryBytes),
        ...amount("pids", limits.pids),
      },
      reservations: {
        ...amount("cpus", roundNano(reservations.cpus ?? 0)),
        ...amount("memoryBytes", reservations.memoryBytes),
      },
    },
  }),
  toEngine: ({ resources: { limits, reservations } }) => ({
    task: {
      Resources: {
        Limits: {
          NanoCPUs: toNano(limits.cpus ?? 0),
          MemoryBytes: limits.memoryBytes ?? 0,
          Pids: limits.pids ?? 0,
        },
        Reservations: {
          NanoCPUs: toNano(reservations.cpus ?? 0),
          MemoryBytes: reservations.memoryBytes ?? 0,
        },
      },
    },
  }),
  fromEngine: ({ TaskTemplate: { Resources: there } }) => ({
    resources: {
      limits: {
        cpus: fromNano(there?.Limits?.NanoCPUs ?? 0),
        memoryBytes: there?.Limits?.MemoryBytes ?? 0,
        pids: there?.Limits?.Pids ?? 0,
      },
      reservations: {
        cpus: fromNano(there?.Reservations?.NanoCPUs ?? 0),
        memoryBytes: there?.Reservations?.MemoryBytes ?? 0,
      },
    },
  }),
};
