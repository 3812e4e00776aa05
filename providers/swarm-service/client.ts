import type Dockerode from "dockerode";

import { leaderOf } from "../../model/service/colocation";
import { whatItGave } from "../../model/service/hand-over";
import type { EngineServiceSpec } from "../../model/engine-api/service-spec";
import type { Versioned } from "../../model/engine-api/versioned";
import { meetsConstraints } from "../../model/service/placement-constraints";
import { fromEngineSpec } from "../../model/service/from-engine";
import { scheduleLabel, siteLabel } from "../../model/swarm/labels";
import type { ServiceSpec } from "../../model/service/spec";
import { toEngineSpec } from "../../model/service/to-engine";
import { jobActivity, serviceProgress } from "../../model/service/progress";
import type { EngineNode } from "../../model/engine-api/node";
import type { EngineService } from "../../model/engine-api/service";
import type { EngineTask } from "../../model/engine-api/task";
import { sameValue } from "../../model/values/same-value";
import { authConfig, type RegistryAuth } from "../registry/registry-auth";
import { sleep } from "../transport/deadline";
import { engineStatus } from "../transport/engine";
import { messageOf } from "../transport/errors";

/** A service with the number that a change of it has to name. */
export type ServiceInspection = EngineService & Versioned;

/** The service with this id; undefined if there is none. */
export async function inspectService(
  docker: Dockerode,
  id: string,
): Promise<ServiceInspection | undefined> {
  try {
    return (await docker.getService(id).inspect()) as ServiceInspection;
  } catch (error) {
    if (engineStatus(error) === 404) {
      return undefined;
    }
    throw error;
  }
}

/**
 * Finds a service of ours to adopt.
 *
 * @returns undefined if the name is free
 * @throws Error if a service of that name exists that is not of this site
 */
export async function findOwnService(
  docker: Dockerode,
  spec: ServiceSpec,
): Promise<ServiceInspection | undefined> {
  // An id cannot be mistaken for a name here: names are looked up exactly, ids are 25 characters.
  const found = await inspectService(docker, spec.name);
  if (found === undefined || found.Spec.Name !== spec.name) {
    return undefined;
  }
  const owner = found.Spec.Labels?.[siteLabel];
  if (owner === spec.site) {
    return found;
  }
  throw new Error(
    `The Swarm has a service named '${spec.name}' already, and it ` +
      (owner === undefined
        ? `does not carry the label ${siteLabel}, so it was not made by this program`
        : `belongs to the site '${owner}', not to '${spec.site}'`) +
      `. Give this service another name; or, if that one is not needed, run on a manager: docker service rm ${spec.name}`,
  );
}

/**
 * An engine takes a service that can run nowhere, and lets its tasks wait for ever. One that runs
 * with another service has a place: the label that it asks for is put on that one's server when the
 * service is there.
 *
 * @throws Error when no node meets its placement constraints
 */
export function requireEligibleNode(
  { name, placement: { constraints } }: ServiceSpec,
  nodes: readonly EngineNode[],
): void {
  const lasting = constraints.filter((constraint) => leaderOf([constraint]) === undefined);
  if (nodes.some((node) => meetsConstraints(node, lasting))) return;
  throw new Error(
    `No server meets the placement constraints of the service '${name}': ${constraints.join(", ")}. Nothing of it was changed. ` +
      "Change them in the site; or give a server what they ask for, e.g. on a manager: docker node update --label-add <label>=<value> <server>",
  );
}

/**
 * Creates a service and returns its id.
 *
 * @throws Error when it could run nowhere
 */
export async function createService(
  docker: Dockerode,
  spec: ServiceSpec,
  auth: RegistryAuth | undefined,
): Promise<string> {
  requireEligibleNode(spec, await docker.listNodes());
  const created = await docker.createService(
    authConfig(spec.image, auth) as Dockerode.AuthConfig,
    toEngineSpec(spec) as unknown as Dockerode.CreateServiceOptions,
  );
  return created.id;
}

/** The client's update with separate query and body, which its type declarations do not know. */
interface UpdatableService {
  update(auth: object | undefined, options: object): Promise<unknown>;
}

/**
 * What came of an attempt to change a service: `starting` and `running` say that a scheduled job
 * must not be disturbed now, `overtaken` that it gave something to another one since it was looked
 * at.
 */
export type ChangeOutcome =
  | { readonly kind: "unchanged" | "starting" | "running" | "overtaken" }
  | {
      readonly kind: "changed";
      /**
       * Ids of the tasks that there were before: how they end says nothing about what is wanted
       * now.
       */
      readonly before: ReadonlySet<string>;
    };

/**
 * Changes a service to what it is to be; again if another writer came in between. One that is as
 * wanted, but has been given up by its engine or failed as a job, gets new tasks. A scheduled job
 * whose run goes on is left alone, for the engine would end that run.
 *
 * @param options `force`: also when there is no reason, so that the engine takes over a new account
 *   of the registry. `mayStart`: a run that was started but has no task yet is no reason to wait.
 *   `gave`: what it had given to others when it was looked at, see `whatItGave`
 * @throws Error if the service is gone, or could run nowhere
 */
export async function updateService(
  docker: Dockerode,
  id: string,
  spec: ServiceSpec,
  auth: RegistryAuth | undefined,
  options: {
    readonly force: boolean;
    readonly mayStart: boolean;
    readonly gave: string | undefined;
  },
): Promise<ChangeOutcome> {
  for (let attempt = 1; ; attempt++) {
    const seen = await inspectService(docker, id);
    if (seen === undefined) {
      throw new Error(
        `The service '${spec.name}' is not in the Swarm any more; somebody has removed it. ` +
          "Run again with --refresh: that makes it anew.",
      );
    }
    if (whatItGave(seen.Spec.Labels) !== options.gave) return { kind: "overtaken" };
    const [tasks, nodes] = await Promise.all([
      listServiceTasks(docker, id),
      docker.listNodes() as Promise<unknown> as Promise<EngineNode[]>,
    ]);
    const asWanted = sameValue(fromEngineSpec(seen.Spec), spec);
    const failed = serviceProgress(seen, tasks, nodes, { updated: false }).kind === "failed";
    // Nothing is left of a change that the Swarm took back but its word; an update, also with
    // nothing in it, takes that away.
    const marked = endedBadly.includes(seen.UpdateStatus?.State ?? "");
    if (asWanted && !failed && !marked && !options.force) {
      return { kind: "unchanged" };
    }
    requireEligibleNode(spec, nodes);
    if (seen.Spec.Labels?.[scheduleLabel] !== undefined) {
      const activity = jobActivity(seen, tasks);
      if (activity === "running" || (activity === "starting" && !options.mayStart)) {
        return { kind: activity };
      }
    }
    try {
      const request = {
        _query: { version: seen.Version.Index },
        _body: toEngineSpec(spec, seen.Spec, asWanted && failed),
      };
      const service = docker.getService(id) as unknown as UpdatableService;
      // No account is said as an empty one: without any, the Swarm goes on with the account that
      // the service had.
      await service.update(authConfig(spec.image, auth) ?? {}, request);
      return { kind: "changed", before: new Set(tasks.map(({ ID }) => ID)) };
    } catch (error) {
      if (attempt === 5 || !isOutOfSequence(error)) {
        throw error;
      }
      await sleep(200);
    }
  }
}

/** States of an update that did not come to its end. */
const endedBadly = ["paused", "rollback_paused", "rollback_completed"];

/** All tasks of a service that the Swarm still knows. */
export async function listServiceTasks(docker: Dockerode, id: string): Promise<EngineTask[]> {
  const filters = JSON.stringify({ service: [id] });
  return (await docker.listTasks({ filters })) as EngineTask[];
}

/**
 * Makes the engine begin a roll-out anew, without touching tasks that are as wanted already. It
 * does so only when something in the service changes: here the pause between two tasks, by a
 * nanosecond, which the normal form leaves out.
 */
export async function restartRollout(docker: Dockerode, id: string): Promise<void> {
  await rewrite(docker, id, ({ UpdateConfig: policy, ...spec }) => {
    const { Delay: before = 0 } = policy ?? {};
    const delay = before % 2 === 0 ? before + 1 : before - 1;
    return { ...spec, UpdateConfig: { ...policy, Delay: delay } };
  });
}

/**
 * Gives a service another spec, if it is as it was looked at.
 *
 * @returns whether it was; else another writer came in between, or it is gone, and it has to be
 *   looked at again
 */
export async function replaceSpec(
  docker: Dockerode,
  { ID: id, Version: version }: ServiceInspection,
  spec: EngineServiceSpec,
): Promise<boolean> {
  const request = { _query: { version: version.Index }, _body: spec };
  const service = docker.getService(id) as unknown as UpdatableService;
  try {
    await service.update(undefined, request);
    return true;
  } catch (error) {
    if (isOutOfSequence(error) || engineStatus(error) === 404) return false;
    throw error;
  }
}

/**
 * Makes all tasks of a service anew, one after the other as its policy says: what
 * `docker service update --force` does.
 */
export async function forceUpdate(docker: Dockerode, id: string): Promise<void> {
  await rewrite(docker, id, ({ TaskTemplate: template, ...spec }) => ({
    ...spec,
    TaskTemplate: { ...template, ForceUpdate: (template.ForceUpdate ?? 0) + 1 },
  }));
}

/** A service must not stay off hosts because another writer came in between. */
const exclusionAttempts = 10;

/**
 * Keeps a global service off some hosts, or no longer, without touching its tasks elsewhere: an
 * engine lets tasks go on of which the placement alone differs (swarmkit, `IsTaskDirty`). A host
 * that is let in again gets a new task at once, which waits for nothing.
 *
 * @param nodes ids of the hosts' nodes
 * @param off whether the hosts are left out, or let in again
 */
export async function setExcludedNodes(
  docker: Dockerode,
  id: string,
  nodes: readonly string[],
  off: boolean,
): Promise<void> {
  const exclusions = nodes.map((node) => `node.id!=${node}`);
  await rewrite(
    docker,
    id,
    ({ TaskTemplate: template, ...spec }) => {
      const { Constraints: before = [], ...placement } = template.Placement ?? {};
      const others = before.filter((constraint) => !exclusions.includes(constraint));
      const Constraints = off ? [...others, ...exclusions] : others;
      return { ...spec, TaskTemplate: { ...template, Placement: { ...placement, Constraints } } };
    },
    exclusionAttempts,
  );
}

/**
 * Changes a service from what it is; tries again when another writer, which the engine itself may
 * be, comes in between.
 *
 * @param attempts of which the last one's being late is an error, but where there is only one: then
 *   the service is looked at again
 */
async function rewrite(
  docker: Dockerode,
  id: string,
  change: (spec: EngineServiceSpec) => EngineServiceSpec,
  attempts = 1,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const seen = (await docker.getService(id).inspect()) as ServiceInspection;
    if ((await replaceSpec(docker, seen, change(seen.Spec))) || attempts === 1) return;
    if (attempt === attempts) {
      throw new Error(
        `The service '${seen.Spec.Name}' was changed by others ${attempts} times in between. Run again when they have ended.`,
      );
    }
    await sleep(100);
  }
}

/** Whether another writer changed the service since it was looked at. */
function isOutOfSequence(error: unknown): boolean {
  return messageOf(error).includes("update out of sequence");
}
