import { isKeptLabel } from "../../model/swarm/node-labels";
import type { SwarmNode, SwarmObservation, SwarmView } from "../../model/swarm/observation";
import type { SwarmClusterState, SwarmMember } from "./membership";

/**
 * What of a Swarm is to be seen in a refresh, under the names of the inputs: members that are not
 * managers any more are missing, labels and settings are as they were found. A member whose host is
 * dead but whose node is on the list is there: that is no drift.
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

/** The manager node that is a member's; undefined if it has none. */
function nodeOfMember(
  { access }: SwarmMember,
  seen: SwarmObservation,
  view: SwarmView,
): SwarmNode | undefined {
  const host = seen.hosts[access.name] ?? { state: "unreachable" };
  return view.nodes.find((node) => {
    if (node.hostname !== access.name || node.role !== "manager") return false;
    // What a silent host's node is cannot be told; it stays a member.
    return host.state === "active" ? host.nodeId === node.id : host.state !== "inactive";
  });
}

/** A node's labels that are ours to keep. */
function observedLabels(node: SwarmNode, given: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(node.labels).filter(([key]) => isKeptLabel(key, given)));
}
