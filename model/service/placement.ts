import { z } from "zod";
import { composePlacement } from "../foreign/compose";
import type { Placement } from "../inventory";
import { reference } from "../schema/values";
import { compareText, sortedUnique } from "../values/text-order";
import { colocationConstraint } from "./colocation";
import type { SwarmConcept } from "./concept";
import { constraintFault } from "./placement-constraints";

/** The servers on which a service's tasks may run. */

/** The placement of tasks. */
export interface PlacementPlan {
  /** In Swarm's form, e.g. `node.labels.hive.zone==zone-a`. */
  readonly constraints: readonly string[];
  /** Node labels to spread over, in order of importance. */
  readonly spread: readonly string[];
  /** 0: no limit. */
  readonly maxReplicasPerHost: number;
}

/** Placement in the plan. */
export interface PlacedPlan {
  readonly placement: PlacementPlan;
}

const schema = {
  placement: z
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
    .meta({ foreignKeys: [composePlacement] })
    .optional(),
};

/** The concept; see `concepts.ts`. */
export const placement: SwarmConcept<typeof schema, PlacedPlan> = {
  schema,
  plan: (service) => {
    const wanted = service.placement ?? {};
    return {
      placement: {
        constraints: sortedUnique([
          ...(wanted.constraints ?? []),
          ...(wanted.with === undefined ? [] : [colocationConstraint(wanted.with)]),
        ]),
        spread: wanted.spread ?? [],
        maxReplicasPerHost: wanted.maxReplicasPerHost ?? 0,
      },
    };
  },
  fields: { placement: "tasks" },
  normalize: (spec) => ({
    placement: {
      constraints: spec.placement.constraints.map(normalConstraint).sort(compareText),
      spread: spec.placement.spread,
      maxReplicasPerHost: spec.placement.maxReplicasPerHost,
    },
  }),
  toEngine: (spec) => ({
    task: {
      Placement: {
        Constraints: spec.placement.constraints,
        Preferences: spec.placement.spread.map((label) => ({
          Spread: { SpreadDescriptor: label },
        })),
        MaxReplicas: spec.placement.maxReplicasPerHost,
      },
    },
  }),
  fromEngine: ({ TaskTemplate: { Placement: there } }) => ({
    placement: {
      constraints: there?.Constraints ?? [],
      spread: (there?.Preferences ?? []).map(({ Spread }) => Spread?.SpreadDescriptor ?? ""),
      maxReplicasPerHost: there?.MaxReplicas ?? 0,
    },
  }),
};

/** For Swarm `node.role == manager` and `node.role==manager` are the same. */
function normalConstraint(constraint: string): string {
  return constraint.trim().replace(/\s*(==|!=)\s*/, "$1");
}
