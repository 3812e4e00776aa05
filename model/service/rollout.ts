import { z } from "zod";
import type { UpdatePolicy } from "../inventory";
import { duration, positiveDuration } from "../schema/values";
import { secondsOr } from "../values/duration";
import type { SwarmConcept } from "./concept";
import type { EngineUpdatePolicy } from "../engine-api/service-spec";
import { mode, type ModePlan, type ServiceMode } from "./mode";
import { type MountPlan, mounts } from "./mounts";
import { eligibleHosts } from "./placement-constraints";
import { type PortPlan, ports } from "./ports";
import { fromNano, roundNano, roundRatio, roundSeconds, toNano } from "./units";

/** How a change of a service is rolled out, and rolled back. */

/** How tasks are changed or rolled back. */
export interface UpdatePlan {
  readonly order: "start-first" | "stop-first";
  /** 0: all at once. */
  readonly parallelism: number;
  readonly delaySeconds: number;
  readonly monitorSeconds: number;
  /** 0 to 1. */
  readonly maxFailureRatio: number;
  readonly onFailure: "rollback" | "pause" | "continue";
}

/** Update and roll-back policies in the plan. */
export interface RolloutPlan {
  readonly update: UpdatePlan;
  readonly rollback: UpdatePlan;
}

const update = z.strictObject({
  order: z.enum(["start-first", "stop-first"]).optional(),
  parallelism: z.int().min(0).max(1000).optional(),
  delay: duration.optional(),
  monitor: positiveDuration.optional(),
  maxFailureRatio: z.number().min(0).max(1).optional(),
  onFailure: z.enum(["rollback", "pause", "continue"]).optional(),
} satisfies Record<keyof UpdatePolicy, z.ZodType>);

const schema = {
  update: update.optional(),
  // A failed roll-back is not rolled back itself: Swarm has no such value.
  rollback: update.extend({ onFailure: z.enum(["pause", "continue"]).optional() }).optional(),
};

/** The policy of a job: none, and Docker Engine refuses any. */
const jobRollout: UpdatePlan = {
  order: "stop-first",
  parallelism: 1,
  delaySeconds: 0,
  monitorSeconds: 0,
  maxFailureRatio: 0,
  onFailure: "pause",
};

/**
 * How long Docker Engine monitors new tasks if a service has no policy, seconds (swarmkit,
 * `api/defaults`).
 */
const engineMonitor = 5;

/** The concept; see `concepts.ts`. */
export const rollout: SwarmConcept<typeof schema, RolloutPlan, RolloutPlan, ModePlan> = {
  schema,
  plan: (service, context) => {
    const { constraints = [], maxReplicasPerHost = 0, with: leader } = service.placement ?? {};
    const eligible =
      context.servers === undefined ? 3 : eligibleHosts(constraints, context.servers).length;
    const planned = planPolicy(service.update, {
      order:
        leader === undefined &&
        canRunSideBySide(
          ports.plan(service, context).ports,
          mounts.plan(service, context).mounts,
        ) &&
        hasRoomForOneMore(mode.plan(service, context).mode, maxReplicasPerHost, eligible)
          ? "start-first"
          : "stop-first",
      onFailure: "rollback",
    });
    return {
      update: planned,
      // A person has to look at a failed roll-back.
      rollback: planPolicy(service.rollback, { ...planned, onFailure: "pause" }),
    };
  },
  fields: { update: "nothing", rollback: "nothing" },
  normalize: (spec) =>
    spec.mode.kind === "job"
      ? { update: jobRollout, rollback: jobRollout }
      : { update: normalPolicy(spec.update), rollback: normalPolicy(spec.rollback) },
  toEngine: (spec) => ({
    service:
      spec.mode.kind === "job"
        ? {}
        : {
            UpdateConfig: enginePolicy(spec.update),
            RollbackConfig: enginePolicy(spec.rollback),
          },
  }),
  fromEngine: ({ UpdateConfig, RollbackConfig }) => ({
    update: policyOf(UpdateConfig),
    rollback: policyOf(RollbackConfig),
  }),
};

/**
 * How tasks are changed.
 *
 * @param usual defaults for absent fields
 */
function planPolicy(
  policy: UpdatePolicy = {},
  usual: Partial<UpdatePlan> & Pick<UpdatePlan, "order" | "onFailure">,
): UpdatePlan {
  return {
    order: policy.order ?? usual.order,
    parallelism: policy.parallelism ?? usual.parallelism ?? 1,
    delaySeconds: secondsOr(policy.delay, usual.delaySeconds ?? 0),
    monitorSeconds: secondsOr(policy.monitor, usual.monitorSeconds ?? 5),
    maxFailureRatio: policy.maxFailureRatio ?? usual.maxFailureRatio ?? 0,
    onFailure: policy.onFailure ?? usual.onFailure,
  };
}

/**
 * Whether an old and a new task can exist on one server at the same time: not when both would use a
 * host port, nor when both would write to one volume.
 */
function canRunSideBySide(published: readonly PortPlan[], mounted: readonly MountPlan[]): boolean {
  return (
    !published.some((port) => port.mode === "host") &&
    !mounted.some((mount) => mount.kind === "volume" && !mount.readOnly)
  );
}

/**
 * Whether an additional task finds a server under the limit per server, even when one of several
 * servers is lost.
 *
 * @param most 0 is no limit
 * @param servers number of servers that may run tasks of the service
 */
function hasRoomForOneMore(planned: ServiceMode, most: number, servers: number): boolean {
  if (most === 0 || planned.kind !== "replicated") return true;
  return planned.replicas + 1 <= most * Math.max(1, servers - 1);
}

function normalPolicy(policy: UpdatePlan): UpdatePlan {
  return {
    order: policy.order,
    parallelism: policy.parallelism,
    delaySeconds: roundSeconds(policy.delaySeconds),
    monitorSeconds: roundNano(policy.monitorSeconds),
    maxFailureRatio: roundRatio(policy.maxFailureRatio),
    onFailure: policy.onFailure,
  };
}

function enginePolicy(policy: UpdatePlan): EngineUpdatePolicy {
  return {
    Parallelism: policy.parallelism,
    Delay: toNano(policy.delaySeconds),
    Monitor: toNano(policy.monitorSeconds),
    MaxFailureRatio: roundRatio(policy.maxFailureRatio),
    FailureAction: policy.onFailure,
    Order: policy.order,
  };
}

/** Without a policy Docker Engine has defaults; absent fields of a given policy are zero. */
function policyOf(policy: EngineUpdatePolicy | undefined): UpdatePlan {
  return {
    order: policy?.Order ?? "stop-first",
    parallelism: policy === undefined ? 1 : (policy.Parallelism ?? 0),
    delaySeconds: fromNano(policy?.Delay ?? 0),
    monitorSeconds: policy === undefined ? engineMonitor : fromNano(policy.Monitor ?? 0),
    maxFailureRatio: roundRatio(policy?.MaxFailureRatio ?? 0),
    onFailure: policy?.FailureAction ?? "pause",
  };
}
