import type Dockerode from "dockerode";

import {
  exchangesHostPorts,
  type HandOverStep,
  holdersOfHostPorts,
  type Holdings,
  type ReleasingChange,
  stepBeforeStart,
  whatItGave,
} from "../../model/service/hand-over";
import type { EngineNode } from "../../model/engine-api/node";
import type { EngineTask } from "../../model/engine-api/task";
import type { ServiceSpec } from "../../model/service/spec";
import { progressReporter, reportProgress } from "../progress/progress-line";
import { sleep } from "../transport/deadline";
import { messageOf } from "../transport/errors";
import type { HostAccess } from "../transport/host-access";
import { withAnyManager } from "../transport/manager";
import { retryWhileLeaderless } from "../transport/retry-while-leaderless";
import { type ChangeOptions, changeService } from "./change";
import { replaceSpec, requireEligibleNode, type ServiceInspection } from "./client";

const pollMs = 250;
/** How long the Swarm may be without a leader meanwhile, seconds. */
const electionSeconds = 60;
/**
 * How long another service may take to give up a port by its own change, which goes on at the same
 * time.
 */
const courtesyMs = 1500;
/** How long tasks may take to go beyond their own time to stop, seconds. */
const stopSeconds = 15;
/** An engine's allocator takes note of a port that was given up within this time. */
const portMs = 10_000;

/**
 * Makes others let go of what a service needs, as far as it cannot start without. To be called
 * right before it is created or changed.
 *
 * @returns what was there when nothing was left to do
 * @throws Error when a service that is not of the site has it, or a task does not end in time; the
 *   service was not changed then
 */
export async function takeOver(
  managers: readonly HostAccess[],
  spec: ServiceSpec,
  partners: readonly string[] | undefined,
): Promise<Holdings<ServiceInspection>> {
  const report = progressReporter();
  let courteousUntil: number | undefined;
  let end: number | undefined;
  // Before anything was begun, that there is no manager is told as it is for every other first
  // step.
  let holdings = await withAnyManager(managers, lookAtHoldings, { repeatable: true });
  for (;;) {
    const step = stepBeforeStart(spec, holdings, partners);
    switch (step.kind) {
      case "none":
        return holdings;
      case "refuse":
        throw new Error(step.message);
      case "suspend":
        requireEligibleNode(spec, holdings.nodes);
        await releaseHolder(managers, spec, step, "is stopped");
        break;
      case "unpublish":
        requireEligibleNode(spec, holdings.nodes);
        courteousUntil ??= Date.now() + courtesyMs;
        if (Date.now() < courteousUntil) break;
        await releaseHolder(managers, spec, step, "runs on without it");
        holdings = await listHoldings(managers);
        continue;
      case "wait":
        end ??= Date.now() + (step.seconds + stopSeconds) * 1000;
        report(`${spec.name}: waits, for ${step.detail}`);
        if (Date.now() > end) throw notInTime(spec, step);
    }
    await sleep(pollMs);
    holdings = await listHoldings(managers);
  }
}

/**
 * Makes others let go of ports of hosts that the tasks of a service wait for. To be called right
 * after it was created or changed.
 */
export async function takeHostPorts(
  managers: readonly HostAccess[],
  spec: ServiceSpec,
): Promise<void> {
  if (!publishesOnHosts(spec)) return;
  const courteousUntil = Date.now() + courtesyMs;
  for (;;) {
    const holders = holdersOfHostPorts(spec, await listHoldings(managers));
    if (holders.length === 0) return;
    if (Date.now() > courteousUntil) {
      for (const holder of holders) await releaseHolder(managers, spec, holder, "is stopped");
    }
    await sleep(pollMs);
  }
}

/** How a service was changed. */
export interface HandedOver {
  /** Ids of the tasks that there were before; undefined if there was nothing to change. */
  readonly before: ReadonlySet<string> | undefined;
  /**
   * Whether the service had been stopped, to give something up. Tasks that come anew are watched by
   * no engine: its updater looks at those only that there were (swarmkit, `orchestrator/update`).
   */
  readonly wasStopped: boolean;
  /** To be called when the service runs as wanted. */
  settle(): Promise<void>;
}

/**
 * Changes a service, with all that others have to let go of for it.
 *
 * @throws Error when they do not, or a run of a scheduled job does not end in time; the service was
 *   not changed then
 */
export async function changeAndTakeOver(
  managers: readonly HostAccess[],
  id: string,
  spec: ServiceSpec,
  {
    partners,
    ...options
  }: Omit<ChangeOptions, "gave"> & {
    readonly partners: readonly string[] | undefined;
  },
): Promise<HandedOver> {
  for (;;) {
    const holdings = await takeOver(managers, spec, partners);
    const own = holdings.services.find(({ ID }) => ID === id);
    const gave = whatItGave(own?.Spec.Labels);
    const atOnce = publishesOnHosts(spec) && exchangesHostPorts(spec, holdings);
    const first = atOnce ? { ...spec, update: { ...spec.update, parallelism: 0 } } : spec;
    const before = await retryWhilePortsHeld(() =>
      changeService(managers, id, first, { ...options, gave }),
    );
    // Another service stopped it a moment ago: brought back now, its next task would not wait for
    // the last one's end.
    if (before === "overtaken") continue;
    await takeHostPorts(managers, spec);
    return {
      before,
      wasStopped: gave !== undefined,
      async settle() {
        if (!atOnce) return;
        // What it gave meanwhile it gets back by the next run.
        await changeService(managers, id, spec, { ...options, gave: undefined, force: false });
      },
    };
  }
}

/**
 * Creates or changes a service; again while the engine still holds a port for taken that was given
 * up a moment ago.
 *
 * @param write may be run several times
 */
export async function retryWhilePortsHeld<T>(write: () => Promise<T>): Promise<T> {
  const end = Date.now() + portMs;
  for (;;) {
    try {
      return await write();
    } catch (error) {
      if (!/port '\d+' is already in use by service/.test(messageOf(error)) || Date.now() > end) {
        throw error;
      }
    }
    await sleep(pollMs);
  }
}

function publishesOnHosts({ ports }: ServiceSpec): boolean {
  return ports.some(({ mode }) => mode === "host");
}

/**
 * A service that gave something up, in words, and what came of it: nothing when it was changed
 * meanwhile, for then all is looked at again.
 */
async function releaseHolder(
  managers: readonly HostAccess[],
  { name }: ServiceSpec,
  { service, spec, gives }: ReleasingChange<ServiceInspection>,
  consequence: string,
): Promise<void> {
  const done = await retryWhileLeaderless(managers, electionSeconds, (docker) =>
    replaceSpec(docker, service, spec),
  );
  if (!done) return;
  const giver = service.Spec.Name;
  reportProgress(
    giver === name
      ? `${name}: gives up ${gives}, and is stopped before its change`
      : `${name}: ${giver} gives ${gives} and ${consequence}`,
  );
}

async function listHoldings(managers: readonly HostAccess[]): Promise<Holdings<ServiceInspection>> {
  return await retryWhileLeaderless(managers, electionSeconds, lookAtHoldings);
}

async function lookAtHoldings(docker: Dockerode): Promise<Holdings<ServiceInspection>> {
  const [services, tasks, nodes] = await Promise.all([
    docker.listServices() as Promise<unknown> as Promise<ServiceInspection[]>,
    docker.listTasks() as Promise<unknown> as Promise<EngineTask[]>,
    docker.listNodes() as Promise<unknown> as Promise<EngineNode[]>,
  ]);
  return { services, tasks, nodes };
}

function notInTime(
  { name }: ServiceSpec,
  step: Extract<HandOverStep, { readonly kind: "wait" }>,
): Error {
  return new Error(
    `The service '${name}' was not changed: ${step.detail}, and it did not stop in time. ` +
      "Two tasks must not write to one volume. What gave something up for it stays stopped until a run has succeeded. End what still runs, and run again:\n" +
      step.commands.map((command) => `  ${command}`).join("\n"),
  );
}
