import { isColocationLabel } from "../../model/service/colocation";
import type { SwarmNode, SwarmObservation, SwarmView } from "../../model/swarm/observation";
import type { SwarmClusterState, SwarmMember } from "./membership";

/**
 * What of a Swarm is to be seen in a refresh, under the names of the inputs: members that are not managers any more are
 * missing, labels and settings are as they were found. A member whose host is dead but whose node is on the list is
 * there: that is no drift.
 */
export function observedInputs(
  state: SwarmClusterState,
  seen: SwarmObservation,
  view: SwarmView,
): Partial<SwarmClusterState> {
  const found = state.members.flatMap((member) => {
    const node = nodeOfMember(member, seen, view);
    return node === undefined
      ? []
      : [{ id: node.id, member: { ...member, labels: observedLabels(member, node) } }];
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

/** A node's labels that are ours to keep; those of services that run together are the agent's. */
function observedLabels({ labels }: SwarmMember, node: SwarmNode): Record<string, string> {
  return Object.fromEntries(
    Object.entries(node.labels).filter(
      ([key]) => key in labels || (key.startsWith("hive.") && !isColocationLabel(key)),
    ),
  );
}
