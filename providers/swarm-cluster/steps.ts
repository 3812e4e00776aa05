import type Dockerode from "dockerode";

import type { EngineNode, EngineNodeSpec } from "../../model/engine-api/node";
import type { EngineInfo, EngineSwarm } from "../../model/engine-api/swarm";
import type { Versioned } from "../../model/engine-api/versioned";
import type { SwarmStep } from "../../model/swarm/step";
import { reportWarning } from "../progress/progress-line";
import { sleep } from "../transport/deadline";
import { engineStatus, withEngine } from "../transport/engine";
import { messageOf } from "../transport/errors";
import type { HostAccess } from "../transport/host-access";
import { hostState, viewThrough } from "./observe";

/** Facts that steps need to be carried out. */
export interface StepSurroundings {
  /** All hosts that a step may name. */
  readonly hosts: ReadonlyMap<string, HostAccess>;
  /** Address at which the others reach a host, by its name. */
  readonly advertiseAddresses: ReadonlyMap<string, string>;
  /** CIDR from which overlay networks of a new Swarm are cut. */
  readonly overlayPool: string | undefined;
}

/** Limits, seconds. */
const limits = { dial: 5, request: 30, settle: 60, drain: 60 };
const pollMs = 200;
const swarmPort = 2377;

/**
 * Carries out one step and waits until it has taken effect, as `SwarmStep` demands.
 *
 * @throws Error if it fails or does not take effect in time
 */
export async function applyStep(step: SwarmStep, around: StepSurroundings): Promise<void> {
  switch (step.kind) {
    case "init":
      await init(step.host, around);
      return;
    case "leave":
      await leaveSwarm(hostOf(around, step.host), step.force);
      return;
    case "join":
      await join(step.host, step.through, around);
      return;
    case "settings":
      await withEngine(hostOf(around, step.through), (docker) => setSettings(docker, step));
      return;
    case "remove":
      await onManager(step, around, async (docker, id) => {
        await removeNode(docker, id);
        await rotateJoinTokens(docker);
      });
      return;
    case "promote":
    case "demote":
    case "labels":
    case "availability":
      await onManager(step, around, async (docker, id) => {
        await updateNode(docker, id, (spec) => changedSpec(spec, step));
        await settleNode(docker, id, step);
      });
  }
}

/**
 * Makes a host leave its Swarm; a host outside of any Swarm stays as it is.
 *
 * @param force also if it is a manager
 */
export async function leaveSwarm(host: HostAccess, force: boolean): Promise<void> {
  await withEngine(
    host,
    async (docker) => {
      try {
        await docker.swarmLeave({ force });
      } catch (error) {
        // 503 and 406: not part of a Swarm.
        const status = engineStatus(error);
        if (status !== 503 && status !== 406) {
          throw error;
        }
      }
    },
    { deadlineSeconds: limits.request, dialSeconds: limits.dial },
  );
  try {
    await withEngine(host, removeTaskContainers, {
      deadlineSeconds: limits.request,
      dialSeconds: limits.dial,
    });
  } catch (error) {
    reportWarning(
      `${host.name} has left the Swarm, but keeps containers of its tasks: ${messageOf(error)}`,
    );
  }
}

/**
 * Removes the containers of tasks from a host that is in no Swarm. An engine that leaves removes
 * only those that run (moby, `listContainerForNode`); the rest would stay for ever.
 */
async function removeTaskContainers(docker: Dockerode): Promise<void> {
  const { Swarm: swarm } = (await docker.info()) as EngineInfo;
  // An engine also answers 503 when it does not let a manager leave: then its tasks go on.
  if (swarm?.LocalNodeState !== "inactive") return;
  const filters = JSON.stringify({ label: ["com.docker.swarm.node.id"] });
  const containers = await docker.listContainers({ all: true, filters });
  for (const { Id: id } of containers) {
    try {
      await docker.getContainer(id).remove({ force: true, v: true });
    } catch (error) {
      // 404: it is gone; 409: the engine is removing it.
      if (engineStatus(error) !== 404 && engineStatus(error) !== 409) throw error;
    }
  }
}

async function init(name: string, around: StepSurroundings): Promise<void> {
  await withEngine(
    hostOf(around, name),
    async (docker) => {
      await docker.swarmInit({
        ListenAddr: `0.0.0.0:${swarmPort}`,
        AdvertiseAddr: addressOf(around, name),
        ...(around.overlayPool === undefined
          ? {}
          : { DefaultAddrPool: [around.overlayPool], SubnetSize: 24 }),
      });
      await waitForManager(docker, name);
    },
    { deadlineSeconds: limits.settle },
  );
}

/**
 * Makes a host join. The token goes from one Docker Engine to the other and nowhere else, and opens
 * nothing afterwards.
 */
async function join(name: string, manager: string, around: StepSurroundings): Promise<void> {
  await withEngine(
    hostOf(around, manager),
    async (managing) => {
      const { JoinTokens } = (await managing.swarmInspect()) as EngineSwarm;
      const nodeId = await withEngine(
        hostOf(around, name),
        (docker) =>
          requestJoin(docker, {
            ListenAddr: `0.0.0.0:${swarmPort}`,
            AdvertiseAddr: addressOf(around, name),
            RemoteAddrs: [`${addressOf(around, manager)}:${swarmPort}`],
            JoinToken: JoinTokens.Manager,
          }),
        { deadlineSeconds: limits.settle },
      );
      await waitForManager(managing, name, nodeId);
      await rotateJoinTokens(managing);
    },
    { deadlineSeconds: 2 * limits.settle },
  );
}

/** The body of `POST /swarm/join`. */
interface JoinRequest {
  readonly ListenAddr: string;
  readonly AdvertiseAddr: string;
  readonly RemoteAddrs: readonly string[];
  readonly JoinToken: string;
}

/** Asks a Docker Engine to join, and returns the id of its node when it has joined. */
async function requestJoin(docker: Dockerode, request: JoinRequest): Promise<string> {
  const refused = await docker.swarmJoin(request).then(() => undefined, messageOf);
  // The Docker Engine goes on in the background when the join takes longer than its own limit.
  if (refused !== undefined && !refused.includes("continue in the background")) {
    throw new Error(refused.replaceAll(request.JoinToken, "(join token)"));
  }
  for (;;) {
    const state = hostState((await docker.info()) as EngineInfo);
    if (state.state === "active") {
      return state.nodeId;
    }
    if (state.state === "error") {
      throw new Error(`its Docker Engine could not join: ${state.detail ?? "no reason given"}`);
    }
    await sleep(pollMs);
  }
}

/**
 * Waits until the manager behind `docker` reports a node as ready and as a reachable manager.
 */
async function waitForManager(docker: Dockerode, name: string, nodeId?: string): Promise<void> {
  const end = Date.now() + limits.settle * 1000;
  for (;;) {
    const { nodes } = await viewThrough(docker, name);
    const node = nodes.find((candidate) =>
      nodeId === undefined ? candidate.hostname === name : candidate.id === nodeId,
    );
    if (node?.status === "ready" && node.managerReachability === "reachable") {
      return;
    }
    if (Date.now() > end) {
      throw new Error(
        `${name} did not become a reachable manager within ${limits.settle} s ` +
          `(node ${node?.status ?? "missing"}, manager ${node?.managerReachability ?? "no"}). ` +
          "Check that the hosts reach each other on 2377/tcp, 7946/tcp and 7946/udp.",
      );
    }
    await sleep(pollMs);
  }
}

/** Sets the cluster-wide settings, and checks that they hold. */
async function setSettings(
  docker: Dockerode,
  step: { readonly heartbeatSeconds: number; readonly taskHistoryLimit: number },
): Promise<void> {
  await updateSwarm(docker, (spec) => ({
    ...spec,
    Dispatcher: { ...spec.Dispatcher, HeartbeatPeriod: step.heartbeatSeconds * 1e9 },
    Orchestration: { ...spec.Orchestration, TaskHistoryRetentionLimit: step.taskHistoryLimit },
  }));
}

/**
 * Makes the join tokens useless that were used, or that a server knew which is no member any more;
 * every manager knows both.
 */
async function rotateJoinTokens(docker: Dockerode): Promise<void> {
  await updateSwarm(docker, (spec) => spec, { rotateManagerToken: true, rotateWorkerToken: true });
}

/** Changes the Swarm; tries again if another writer changed it in between. */
async function updateSwarm(
  docker: Dockerode,
  change: (spec: EngineSwarm["Spec"]) => object,
  query: Readonly<Record<string, boolean>> = {},
): Promise<void> {
  await retryOutOfSequence(async () => {
    const { Version, Spec } = (await docker.swarmInspect()) as EngineSwarm & Versioned;
    await docker.swarmUpdate({
      _query: { version: Version.Index, ...query },
      _body: change(Spec),
    });
  });
}

/** A step that changes a node through a manager. */
type NodeChange = Extract<SwarmStep, { kind: "promote" | "demote" | "labels" | "availability" }>;

/** A node's settings, changed as the step says. */
function changedSpec(spec: EngineNodeSpec, step: NodeChange): EngineNodeSpec {
  switch (step.kind) {
    case "promote":
      return { ...spec, Role: "manager" };
    case "demote":
      return { ...spec, Role: "worker" };
    case "availability":
      return { ...spec, Availability: step.availability };
    case "labels": {
      const kept = Object.entries(spec.Labels ?? {}).filter(([key]) => !step.unset.includes(key));
      return { ...spec, Labels: { ...Object.fromEntries(kept), ...step.set } };
    }
  }
}

/** Waits until a node has the changed settings. */
async function settleNode(docker: Dockerode, id: string, step: NodeChange): Promise<void> {
  switch (step.kind) {
    case "labels":
      return;
    case "promote":
      await waitForManager(docker, step.name, id);
      return;
    case "demote":
      await waitUntil(limits.settle, `${step.name} still has its vote`, async () => {
        const node = (await docker.getNode(id).inspect()) as EngineNode & Versioned;
        return node.ManagerStatus === undefined;
      });
      return;
    case "availability":
      if (step.availability === "drain") {
        await waitForNoTasks(docker, id);
      }
  }
}

/**
 * Waits until no task runs on a node. Gives up silently, because a task that does not end must not
 * hold up the rest.
 */
async function waitForNoTasks(docker: Dockerode, id: string): Promise<void> {
  const end = Date.now() + limits.drain * 1000;
  while (Date.now() < end) {
    const tasks = (await docker.listTasks({
      filters: JSON.stringify({ node: [id] }),
    })) as { Status: { State: string } }[];
    if (!tasks.some(({ Status }) => Status.State === "running")) {
      return;
    }
    await sleep(pollMs);
  }
}

async function removeNode(docker: Dockerode, id: string): Promise<void> {
  try {
    await docker.getNode(id).remove({ force: true });
  } catch (error) {
    if (engineStatus(error) !== 404) {
      throw error;
    }
  }
}

/** Changes a node's settings; tries again if another writer changed it in between. */
async function updateNode(
  docker: Dockerode,
  id: string,
  change: (spec: EngineNodeSpec) => EngineNodeSpec,
): Promise<void> {
  await retryOutOfSequence(async () => {
    const node = (await docker.getNode(id).inspect()) as EngineNode & Versioned;
    await docker.getNode(id).update({
      _query: { version: node.Version.Index },
      _body: change(node.Spec),
    });
  });
}

/** Repeats a read-change-write cycle when another writer came in between. */
async function retryOutOfSequence(cycle: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await cycle();
      return;
    } catch (error) {
      if (attempt === 5 || !messageOf(error).includes("update out of sequence")) {
        throw error;
      }
      await sleep(pollMs);
    }
  }
}

/** Runs `work` with the manager of a node step, and the node's id. */
async function onManager(
  step: Extract<SwarmStep, { name: string }>,
  around: StepSurroundings,
  work: (docker: Dockerode, nodeId: string) => Promise<void>,
): Promise<void> {
  await withEngine(
    hostOf(around, step.through),
    async (docker) => {
      const id = step.nodeId ?? (await nodeIdByName(docker, step.name));
      await work(docker, id);
    },
    { deadlineSeconds: limits.settle + limits.request },
  );
}

/** The node of a host that an earlier step made join. */
async function nodeIdByName(docker: Dockerode, name: string): Promise<string> {
  const { nodes } = await viewThrough(docker, name);
  const found = nodes.filter(({ hostname, status }) => hostname === name && status === "ready");
  const [node] = found;
  if (node === undefined || found.length > 1) {
    throw new Error(
      `the Swarm has ${found.length} ready nodes with the name ${name}; expected one`,
    );
  }
  return node.id;
}

/** Asks repeatedly until `done`; throws `what` when the limit is reached. */
async function waitUntil(
  seconds: number,
  what: string,
  done: () => Promise<boolean>,
): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while (!(await done())) {
    if (Date.now() > end) {
      throw new Error(`${what} after ${seconds} s`);
    }
    await sleep(pollMs);
  }
}

function hostOf(around: StepSurroundings, name: string): HostAccess {
  const host = around.hosts.get(name);
  if (host === undefined) {
    throw new Error(`The host ${name} is not, and was not, a member of this Swarm.`);
  }
  return host;
}

function addressOf(around: StepSurroundings, name: string): string {
  const address = around.advertiseAddresses.get(name);
  if (address === undefined) {
    throw new Error(`The address at which the other members reach ${name} is unknown.`);
  }
  return address;
}
