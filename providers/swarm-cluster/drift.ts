import { isKeptLabel } from "../../model/swarm/node-labels";
import type { SwarmNode, SwarmObservation, SwarmView } from "../../model/swarm/observation";
import type { SwarmClusterState, SwarmMember } from "./membership";

/**
 * The drift of a Swarm that a refresh shows, under the names of the inputs: members that are no
 * longer managers are missing, labels and settings are as observed. A member with a dead host but a
 * listed node counts as present: that is not drift.
 */
export function observedInputs(
  state: SwarmClusterState,
  seen: SwarmObservation,
  view: SwarmView,
): Partial<SwarmClusterState> {
  const given = state.members.flatMap(({ labels }) => Object.keys(labels));
  const found = state.members.flatMap((member) => {
    const node = nodeOfMember(member, seen, view);
    return node === undefined
      ? []
      : [{ id: node.id, member: { ...member, labels: observedLabels(node, given) } }];
  });
  return {
    members: found.map(({ member }) => member),
    heartbeatSeconds: view.heartbeatSeconds,
    taskHistoryLimit: view.taskHistoryLimit,
    clusterId: view.clusterId,
    nodeIds: Object.fromEntries(found.map(({ id, member }) => [member.access.name, id])),
  };
}

/** The manager node of a member; undefined if it has none. */
function nodeOfMember(
  { access }: SwarmMember,
  seen: SwarmObservation,
  view: SwarmView,
): SwarmNode | undefined {
  const host = seen.hosts[access.name] ?? { state: "unreachable" };
  return view.nodes.find((node) => {
    if (node.hostname !== access.name || node.role !== "manager") return false;
    // The node of an unreachable host is unknown; the host stays a member.
    return host.state === "active" ? host.nodeId === node.id : host.state !== "inactive";
  });
}

/** The labels of a node that hive manages. */
function observedLabels(node: SwarmNode, given: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(node.labels).filter(([key]) => isKeptLabel(key, given)));
}
