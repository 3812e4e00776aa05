import { secondsOr } from "../values/duration";
import type { Restart, Service, UpdatePolicy } from "../inventory";
import { present } from "./present";
import type { MountPlan, PortPlan, RestartPlan, ServiceMode, UpdatePlan } from "../service-plan";

/** How many tasks a service has. */
export function planMode(mode: Service["mode"]): ServiceMode {
  if (mode === "global") return { kind: "global" };
  if (mode === undefined) return { kind: "replicated", replicas: 1 };
  if ("replicas" in mode) return { kind: "replicated", replicas: mode.replicas };
  return {
    kind: "job",
    ...present("schedule", mode.job.schedule?.trim().replace(/\s+/g, " ")),
    retries: mode.job.retries ?? 0,
  };
}

/**
 * When a task that ended is started again.
 *
 * @param atOnce whether it is started again without a delay, if the site does not say how long
 */
export function planRestart(restart: Restart, mode: ServiceMode, atOnce: boolean): RestartPlan {
  const delaySeconds = secondsOr(restart.delay, atOnce ? 0 : 1);
  const windowSeconds = secondsOr(restart.window, 0);
  if (mode.kind === "job") {
    // A job's task is tried again only when it failed, as often as the job says.
    return mode.retries === 0
      ? { condition: "none", delaySeconds, maxAttempts: 0, windowSeconds }
      : { condition: "on-failure", delaySeconds, maxAttempts: mode.retries, windowSeconds };
  }
  return {
    condition: restart.condition ?? "any",
    delaySeconds,
    maxAttempts: restart.maxAttempts ?? 0,
    windowSeconds,
  };
}

/**
 * How tasks are changed.
 *
 * @param usual what holds where the policy says nothing
 */
export function planUpdate(
  update: UpdatePolicy = {},
  usual: Partial<UpdatePlan> & Pick<UpdatePlan, "order" | "onFailure">,
): UpdatePlan {
  return {
    order: update.order ?? usual.order,
    parallelism: update.parallelism ?? usual.parallelism ?? 1,
    delaySeconds: secondsOr(update.delay, usual.delaySeconds ?? 0),
    monitorSeconds: secondsOr(update.monitor, usual.monitorSeconds ?? 5),
    maxFailureRatio: update.maxFailureRatio ?? usual.maxFailureRatio ?? 0,
    onFailure: update.onFailure ?? usual.onFailure,
  };
}

/**
 * Whether an old and a new task can exist on one server at the same time: not when both would take a host's port, nor
 * when both would write to one volume.
 */
export function canRunSideBySide(
  ports: readonly PortPlan[],
  mounts: readonly MountPlan[],
): boolean {
  return (
    !ports.some((port) => port.mode === "host") &&
    !mounts.some((mount) => mount.kind === "volume" && !mount.readOnly)
  );
}

/**
 * Whether a task beyond the usual ones finds a server under the limit for each, even when one of several servers is lost.
 *
 * @param most 0 is no limit
 * @param servers how many may hold tasks of the service
 */
export function hasRoomForOneMore(mode: ServiceMode, most: number, servers: number): boolean {
  if (most === 0 || mode.kind !== "replicated") return true;
  return mode.replicas + 1 <= most * Math.max(1, servers - 1);
}
