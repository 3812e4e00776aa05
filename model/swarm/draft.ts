import type {
  HostSwarmState,
  SwarmNode,
  SwarmObservation,
  SwarmView,
  WantedSwarm,
} from "./observation";
import { majority, type SwarmNote } from "./refusal";
import type { SwarmStep } from "./step";

/**
 * The state of the Swarm after the steps so far, and the arithmetic of votes over it.
 */

/** The state of a node after the steps so far. */
export interface DraftNode {
  /** Absent for a node that a step creates. */
  readonly id?: string;
  readonly name: string;
  readonly seen?: SwarmNode;
  role: "manager" | "worker";
  votes: boolean;
  /** Whether its vote is reliable. */
  alive: boolean;
}

/** The working state of a decision; `nodes` and the lists grow meanwhile. */
export interface Draft {
  readonly wanted: WantedSwarm;
  readonly seen: SwarmObservation;
  readonly view: SwarmView | undefined;
  nodes: DraftNode[];
  readonly steps: SwarmStep[];
  readonly notes: SwarmNote[];
}

/** The node of a host: by the id that its Docker Engine reports, else the only one of its name. */
export function nodeOf(draft: Draft, name: string): DraftNode | undefined {
  const host = stateOf(draft, name);
  const ofName = draft.nodes.filter((node) => node.name === name);
  if (host.state === "active") {
    return (
      draft.nodes.find((node) => node.id === host.nodeId) ??
      ofName.find((node) => node.id === undefined)
    );
  }
  return ofName[0];
}

/** Whether this entry is the host's own present node. */
export function isActive(draft: Draft, node: DraftNode): boolean {
  const host = stateOf(draft, node.name);
  return host.state === "active" && host.nodeId === node.id;
}

/** The report of the host's Docker Engine. */
export function stateOf(draft: Draft, name: string): HostSwarmState {
  return draft.seen.hosts[name] ?? { state: "unreachable" };
}

/** Whether a host of this name is a wanted member. */
export function isWanted(draft: Draft, name: string): boolean {
  return draft.wanted.members.some((member) => member.name === name);
}

/** The nodes that have a vote. */
export function voters(draft: Draft): readonly DraftNode[] {
  return draft.nodes.filter((node) => node.votes);
}

function aliveVoters(draft: Draft): number {
  return voters(draft).filter((node) => node.alive).length;
}

/** Whether the reliable votes are a majority. */
export function hasMajority(draft: Draft): boolean {
  return aliveVoters(draft) >= majority(voters(draft).length);
}

/**
 * Whether the Swarm would keep its majority if a new manager joined and died at once. The step from
 * one manager to two cannot satisfy this, but every Swarm begins that way.
 */
export function mayAddVote(draft: Draft): boolean {
  const count = voters(draft).length;
  return count <= 1 || aliveVoters(draft) >= majority(count + 1);
}

/** Whether the others are a majority when this node has left. */
export function mayRemoveVote(draft: Draft, node: DraftNode): boolean {
  if (!node.votes) return true;
  const count = voters(draft).length - 1;
  return count > 0 && aliveVoters(draft) - (node.alive ? 1 : 0) >= majority(count);
}

/** The manager to ask: a reachable one that stays, preferably the one that reported the view. */
export function askedManager(draft: Draft): string {
  const { view } = draft;
  if (view !== undefined && isWanted(draft, view.through)) return view.through;
  return remainingManager(draft) ?? view?.through ?? "";
}

/** A reachable wanted manager, if there is one. */
export function remainingManager(draft: Draft): string | undefined {
  const { view } = draft;
  if (view !== undefined && isWanted(draft, view.through)) return view.through;
  return draft.nodes.find(
    (node) =>
      node.alive &&
      isWanted(draft, node.name) &&
      (node.seen === undefined || isActive(draft, node)),
  )?.name;
}

/** A step about a node. */
export function nodeStep<K extends "promote" | "demote" | "remove" | "labels" | "availability">(
  kind: K,
  node: DraftNode,
  manager: string,
): { kind: K; name: string; through: string; nodeId?: string } {
  return {
    kind,
    name: node.name,
    ...(node.id === undefined ? {} : { nodeId: node.id }),
    through: manager,
  };
}
