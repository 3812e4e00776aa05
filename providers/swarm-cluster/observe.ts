import type Dockerode from "dockerode";

import type { EngineNode } from "../../model/engine-api/node";
import type { EngineInfo, EngineSwarm } from "../../model/engine-api/swarm";
import type {
  HostSwarmState,
  SwarmNode,
  SwarmObservation,
  SwarmView,
} from "../../model/swarm/observation";
import { askWithRetries } from "../transport/ask-with-retries";
import { withEngine } from "../transport/engine";
import { isTransportError, messageOf } from "../transport/errors";
import type { HostAccess } from "../transport/host-access";
import { withAnyManager } from "../transport/manager";

/**
 * Limit for asking one host for its role in the Swarm, seconds. A manager answers only after a new
 * leader is elected.
 */
const hostSeconds = 18;
/**
 * Shorter than an attempt, so that the message distinguishes a dead host from a slow Docker Engine.
 */
const dialSeconds = 3.5;
/** Limit for finding a manager with quorum and reading the Swarm from it, seconds. */
const viewSeconds = 10;
/**
 * The same limit when a majority of the hosts are managers that answer. Then there is quorum, or
 * there will be when a new leader is elected: that takes 10 to 20 s, and now and then a second
 * round.
 */
const electionSeconds = 45;

/**
 * Asks all hosts at the same time for their role in the Swarm, then one of the managers for the
 * whole Swarm. Changes nothing.
 */
export async function observeSwarm(hosts: readonly HostAccess[]): Promise<SwarmObservation> {
  const states = await Promise.all(hosts.map(observeHost));
  const byName = Object.fromEntries(hosts.map(({ name }, index) => [name, states[index]]));
  const managers = hosts.filter((_, index) => {
    const state = states[index];
    return state?.state === "active" && state.isManager;
  });
  const seconds = managers.length * 2 > hosts.length ? electionSeconds : viewSeconds;
  const view = managers.length === 0 ? undefined : await observeView(managers, seconds);
  return {
    hosts: byName as Record<string, HostSwarmState>,
    ...(view === undefined ? {} : { view }),
  };
}

/** A host's own report. Never throws: not to answer is a state of a host. */
async function observeHost(host: HostAccess): Promise<HostSwarmState> {
  try {
    const info = await askWithRetries(hostSeconds, (deadlineSeconds) =>
      withEngine(host, (docker) => docker.info() as Promise<EngineInfo>, {
        deadlineSeconds,
        dialSeconds,
      }),
    );
    return hostState(info);
  } catch (error) {
    if (isTransportError(error, "host-key", "private-key", "login")) {
      // The host is not dead, but set up wrongly: going on without it would hide that.
      throw error;
    }
    return { state: "unreachable", detail: messageOf(error) };
  }
}

/** The Swarm's part of `GET /info`. */
export function hostState(info: EngineInfo): HostSwarmState {
  const swarm = info.Swarm;
  if (swarm === undefined) return { state: "inactive" };
  const {
    LocalNodeState: state,
    Error: detail,
    NodeID: nodeId,
    ControlAvailable: isManager,
  } = swarm;
  if (state === "active") {
    // A manager without a leader reports "" (Moby, `daemon/cluster/swarm.go`, Info): it cannot find
    // out its Swarm.
    const clusterId = swarm.Cluster?.ID ?? "";
    return { state, nodeId, isManager, ...(clusterId === "" ? {} : { clusterId }) };
  }
  if (state === "pending" || state === "error" || state === "locked") {
    return { state, ...(detail === undefined || detail === "" ? {} : { detail }) };
  }
  return { state: "inactive" };
}

/** The Swarm as a manager with quorum sees it; undefined if there is none among the hosts. */
async function observeView(
  managers: readonly HostAccess[],
  seconds: number,
): Promise<SwarmView | undefined> {
  try {
    return await withAnyManager(managers, (docker, { name }) => viewThrough(docker, name), {
      deadlineSeconds: seconds,
      repeatable: true,
    });
  } catch (error) {
    if (isTransportError(error)) {
      return undefined;
    }
    throw error;
  }
}

/** The Swarm as the manager behind `docker` sees it. */
export async function viewThrough(docker: Dockerode, through: string): Promise<SwarmView> {
  const [swarm, nodes] = await Promise.all([
    docker.swarmInspect() as Promise<EngineSwarm>,
    docker.listNodes() as Promise<unknown> as Promise<EngineNode[]>,
  ]);
  return {
    through,
    clusterId: swarm.ID,
    nodes: nodes.map(nodeOf),
    heartbeatSeconds: (swarm.Spec.Dispatcher?.HeartbeatPeriod ?? 5e9) / 1e9,
    taskHistoryLimit: swarm.Spec.Orchestration?.TaskHistoryRetentionLimit ?? 5,
  };
}

function nodeOf(node: EngineNode): SwarmNode {
  const manager = node.ManagerStatus;
  return {
    id: node.ID,
    hostname: node.Description.Hostname,
    status: node.Status.State,
    role: node.Spec.Role,
    ...(manager === undefined ? {} : { managerReachability: manager.Reachability }),
    leader: manager?.Leader ?? false,
    availability: node.Spec.Availability,
    labels: node.Spec.Labels ?? {},
    addr: node.Status.Addr ?? "",
  };
}
