import type Dockerode from "dockerode";

import { leaderOf } from "../../model/service/colocation";
import { whatItGave } from "../../model/service/releasing";
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

/** A service with the version number that a change has to give. */
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
 * Finds a service of this site to adopt.
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
 * A Docker Engine accepts a service that can run nowhere, and lets its tasks wait for ever. A
 * service that runs with another one has a place: its label is put on the other one's server when
 * the service exists.
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
    `No server meets the placement constraints of the service '${name}': ${constraints.join(", ")}. It was not changed. ` +
      "Change them in the site; or label a server, on a manager: docker node update --label-add <label>=<value> <server>",
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

/** The client's update with separate query and body, which its type declarations lack. */
interface UpdatableService {
  update(auth: object | undefined, options: object): Promise<unknown>;
}

/**
 * Result of an attempt to change a service: `starting` and `running` say that a scheduled job must
 * not be disturbed now, `overtaken` that the service gave something up to another one since it was
 * read.
 */
export type ChangeOutcome =
  | { readonly kind: "unchanged" | "starting" | "running" | "overtaken" }
  | {
      readonly kind: "changed";
      /**
       * Ids of the tasks before the change: how they end says nothing about the wanted service.
       */
      readonly before: ReadonlySet<string>;
    };

/**
 * Changes a service to the wanted state; tries again if another writer came in between. A service
 * in the wanted state gets new tasks if the Docker Engine gave it up, or if it failed as a job. A
 * scheduled job with a run in progress is left alone, because the Docker Engine would kill that
 * run.
 *
 * @param options `force`: also without a reason, so that the Docker Engine uses a new registry
 *   account. `mayStart`: a run that was started but has no task yet is no reason to wait. `gave`:
 *   things that it had given up to others when it was read, see `whatItGave`
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
        `The service '${spec.name}' is no longer in the Swarm; somebody has removed it. ` +
          "Run again with --refresh to recreate it.",
      );
    }
    if (whatItGave(seen.Spec.Labels) !== options.gave) return { kind: "overtaken" };
    const [tasks, nodes] = await Promise.all([
      listServiceTasks(docker, id),
      docker.listNodes() as Promise<unknown> as Promise<EngineNode[]>,
    ]);
    const asWanted = sameValue(fromEngineSpec(seen.Spec), spec);
    const failed = serviceProgress(seen, tasks, nodes, { updated: false }).kind === "failed";
    // Of a change that the Swarm rolled back only the update status is left; any update, even an
    // empty one, clears it.
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
      // An empty account means no account: without the header, the Swarm would keep the service's
      // old account.
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

/** States of an update that did not complete. */
const endedBadly = ["paused", "rollback_paused", "rollback_completed"];

/** All tasks of a service that the Swarm still has. */
export async function listServiceTasks(docker: Dockerode, id: string): Promise<EngineTask[]> {
  const filters = JSON.stringify({ service: [id] });
  return (await docker.listTasks({ filters })) as EngineTask[];
}

/**
 * Makes the Docker Engine restart a roll-out, without touching tasks in the wanted state. It does
 * so only when something in the service changes: here the pause between two tasks, by a nanosecond,
 * which the normal form ignores.
 */
export async function restartRollout(docker: Dockerode, id: string): Promise<void> {
  await rewrite(docker, id, ({ UpdateConfig: policy, ...spec }) => {
    const { Delay: before = 0 } = policy ?? {};
    const delay = before % 2 === 0 ? before + 1 : before - 1;
    return { ...spec, UpdateConfig: { ...policy, Delay: delay } };
  });
}

/**
 * Gives a service another spec, if it has not changed since it was read.
 *
 * @returns whether it was changed; else another writer came in between, or it is gone, and it has
 *   to be read again
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
 * Recreates all tasks of a service one after the other, following its update policy, like
 * `docker service update --force`.
 */
export async function forceUpdate(docker: Dockerode, id: string): Promise<void> {
  await rewrite(docker, id, ({ TaskTemplate: template, ...spec }) => ({
    ...spec,
    TaskTemplate: { ...template, ForceUpdate: (template.ForceUpdate ?? 0) + 1 },
  }));
}

/** A service must not stay excluded from hosts because another writer came in between. */
const exclusionAttempts = 10;

/**
 * Excludes hosts from a global service, or admits them again, without touching its tasks elsewhere:
 * Swarm keeps tasks that differ in their placement only (swarmkit, `IsTaskDirty`). A host that is
 * admitted again gets a new task at once, which waits for nothing.
 *
 * @param nodes node ids of the hosts
 * @param off whether the hosts are excluded, or admitted again
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
 * Changes a service based on its present spec; tries again when another writer, such as the Docker
 * Engine itself, comes in between.
 *
 * @param attempts number of attempts. If the last one fails too, it is an error; with a single
 *   attempt, the caller reads the service again
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
        `The service '${seen.Spec.Name}' was changed ${attempts} times by others during this change. Run again when they have finished.`,
      );
    }
    await sleep(100);
  }
}

/** Whether another writer changed the service since it was read. */
function isOutOfSequence(error: unknown): boolean {
  return messageOf(error).includes("update out of sequence");
}
