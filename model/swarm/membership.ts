import { isKeptLabel } from "./node-labels";
import {
  type Draft,
  type DraftNode,
  hasMajority,
  isActive,
  isWanted,
  mayAddVote,
  mayRemoveVote,
  nodeOf,
  nodeStep,
  remainingManager,
  stateOf,
  askedManager,
  voters,
} from "./draft";
import type { SwarmObservation, WantedMember, WantedSwarm } from "./observation";
import { refusalReasons, type SwarmNote } from "./refusal";
import type { SwarmStep } from "./step";

/**
 * Decides how a Swarm gets from the observed to the wanted state. Pure, and serialized into a
 * dynamic provider: plain functions over plain data.
 *
 * The rules: never give up a majority of managers; one manager at a time joins or leaves; a dead
 * host stops only itself; an existing Swarm is adopted; only own or provably dead nodes are
 * removed.
 */

/** The steps, or the reasons why nothing can be done. */
export type SwarmDecision =
  | {
      readonly kind: "steps";
      /** In order; empty when the Swarm is in the wanted state, as far as hosts are reachable. */
      readonly steps: readonly SwarmStep[];
      /** Hosts that cannot be brought to the wanted state now; not an error by itself. */
      readonly notes: readonly SwarmNote[];
    }
  | {
      readonly kind: "refusal";
      /** At least one. */
      readonly reasons: readonly SwarmNote[];
    };

/** Decides the steps from the observed to the wanted Swarm. */
export function decideSwarm(wanted: WantedSwarm, seen: SwarmObservation): SwarmDecision {
  const reasons = refusalReasons(wanted, seen);
  if (reasons.length > 0) return { kind: "refusal", reasons };
  const draft = startDraft(wanted, seen);
  removeStaleNodes(draft);
  if (!hasMajority(draft)) {
    return { kind: "refusal", reasons: staleMajority(draft) };
  }
  const departed = (wanted.departed ?? []).filter((name) => !isWanted(draft, name));
  // A dead manager's vote counts against every majority, so it is removed before others join; a
  // live manager's vote helps, so it is removed after.
  for (const name of departed) removeDeadNodes(draft, name);
  for (const member of wanted.members) bringIn(draft, member);
  for (const member of wanted.members) updateNode(draft, member);
  for (const name of departed) removeMember(draft, name);
  noteUnknownNodes(draft);
  notePool(draft);
  return { kind: "steps", steps: draft.steps, notes: draft.notes };
}

function startDraft(wanted: WantedSwarm, seen: SwarmObservation): Draft {
  const { view } = seen;
  const draft: Draft = { wanted, seen, view, nodes: [], steps: [], notes: [] };
  if (view === undefined) {
    initialize(draft);
    return draft;
  }
  draft.nodes = view.nodes.map((node) => ({
    id: node.id,
    name: node.hostname,
    seen: node,
    role: node.role,
    votes: node.managerReachability !== undefined,
    alive: node.managerReachability === "reachable",
  }));
  if (
    view.heartbeatSeconds !== wanted.heartbeatSeconds ||
    view.taskHistoryLimit !== wanted.taskHistoryLimit
  ) {
    draft.steps.push(settingsStep(wanted, askedManager(draft)));
  }
  return draft;
}

function initialize(draft: Draft): void {
  const first = draft.wanted.members.find(
    (member) => stateOf(draft, member.name).state === "inactive",
  );
  if (first === undefined) return;
  const { overlayPool } = draft.wanted;
  draft.steps.push(
    { kind: "init", host: first.name, ...(overlayPool === undefined ? {} : { overlayPool }) },
    settingsStep(draft.wanted, first.name),
  );
  draft.nodes.push({ name: first.name, role: "manager", votes: true, alive: true });
}

function settingsStep(wanted: WantedSwarm, manager: string): SwarmStep {
  return {
    kind: "settings",
    through: manager,
    heartbeatSeconds: wanted.heartbeatSeconds,
    taskHistoryLimit: wanted.taskHistoryLimit,
  };
}

/**
 * Removes dead entries from the list: those of a wanted host whose Docker Engine reports another
 * node or none. The vote of a dead entry counts against the majority, so it is removed before the
 * host joins again: if the join fails, nothing is worse.
 */
function removeStaleNodes(draft: Draft): void {
  const stale = draft.nodes.filter((node) => isStale(draft, node));
  for (const node of stale) {
    node.alive = false;
  }
  if (!hasMajority(draft)) return;
  for (const node of stale) {
    const manager = askedManager(draft);
    if (node.role === "manager") draft.steps.push(nodeStep("demote", node, manager));
    draft.steps.push(nodeStep("remove", node, manager));
    draft.nodes = draft.nodes.filter((candidate) => candidate !== node);
  }
}

function isStale(draft: Draft, node: DraftNode): boolean {
  if (node.seen === undefined || !isWanted(draft, node.name)) return false;
  const host = stateOf(draft, node.name);
  switch (host.state) {
    case "inactive":
      return true;
    case "error":
      // A node that the Swarm still sees may recover by itself.
      return node.seen.status !== "ready";
    case "active":
      // A live second node of the same name is another machine; hive must not remove it.
      return host.nodeId !== node.id && node.seen.status !== "ready";
    case "unreachable":
    case "pending":
    case "locked":
      return false;
  }
}

/** Makes a host a manager, if that is safe now. */
function bringIn(draft: Draft, member: WantedMember): void {
  const { name } = member;
  const host = stateOf(draft, name);
  const node = nodeOf(draft, name);
  switch (host.state) {
    case "unreachable":
      draft.notes.push({
        host: name,
        message: `does not answer${detailText(host.detail)}; ${node === undefined ? "it is not in the Swarm" : "its node stays in the list"}`,
        remedy: "bring the host back and run again",
      });
      return;
    case "pending":
    case "locked":
      draft.notes.push(waitingNote(name, host.state, host.detail));
      return;
    case "error":
      if (node !== undefined) {
        draft.notes.push(waitingNote(name, host.state, host.detail));
        return;
      }
      joinMember(draft, name, true);
      return;
    case "inactive":
      // A new Swarm already has its first node.
      if (node === undefined) joinMember(draft, name, false);
      return;
    case "active":
      if (node === undefined) joinMember(draft, name, true);
      else keep(draft, node);
  }
}

function joinMember(draft: Draft, name: string, forgetFirst: boolean): void {
  if (!mayAddVote(draft)) {
    draft.notes.push(cannotAddVote(draft, name));
    return;
  }
  const manager = askedManager(draft);
  if (forgetFirst) draft.steps.push({ kind: "leave", host: name, force: true });
  draft.steps.push({ kind: "join", host: name, through: manager });
  draft.nodes.push({ name, role: "manager", votes: true, alive: true });
}

function keep(draft: Draft, node: DraftNode): void {
  if (node.seen !== undefined && node.seen.status !== "ready") {
    draft.notes.push({
      host: node.name,
      message: `runs, but the other managers report it as ${node.seen.status}`,
      remedy:
        "check that the hosts reach each other on 2377/tcp, 7946/tcp, 7946/udp and 4789/udp, then run again",
    });
    return;
  }
  if (node.role === "manager") {
    if (!node.alive) {
      draft.notes.push({
        host: node.name,
        message: "runs, but the other managers do not reach it as a manager yet",
        remedy: "check that the hosts reach each other on 2377/tcp, then run again",
      });
    }
    return;
  }
  if (!mayAddVote(draft)) {
    draft.notes.push(cannotAddVote(draft, node.name));
    return;
  }
  draft.steps.push(nodeStep("promote", node, askedManager(draft)));
  node.role = "manager";
  node.votes = true;
  node.alive = true;
}

/** Gives a node its labels and availability. */
function updateNode(draft: Draft, member: WantedMember): void {
  const nodes = draft.nodes.filter((candidate) => candidate.name === member.name);
  const node = nodeOf(draft, member.name);
  // Two entries of an unreachable host: its present node is known only when it is back.
  if (node === undefined || (node.seen !== undefined && nodes.length > 1 && !isActive(draft, node)))
    return;
  const labels = node.seen?.labels ?? {};
  const set = Object.fromEntries(
    Object.entries(member.labels).filter(([key, value]) => labels[key] !== value),
  );
  const given = [
    ...draft.wanted.members.flatMap((each) => Object.keys(each.labels)),
    ...(draft.wanted.formerLabels ?? []),
  ];
  const unset = Object.keys(labels).filter(
    (key) => isKeptLabel(key, given) && !(key in member.labels),
  );
  if (Object.keys(set).length > 0 || unset.length > 0) {
    draft.steps.push({ ...nodeStep("labels", node, askedManager(draft)), set, unset });
  }
  const availability = node.seen?.availability ?? "active";
  if (member.availability !== undefined && member.availability !== availability) {
    draft.steps.push({
      ...nodeStep("availability", node, askedManager(draft)),
      availability: member.availability,
    });
  } else if (member.availability === undefined && availability !== "active") {
    draft.notes.push({
      host: member.name,
      message: `takes no ${availability === "pause" ? "new tasks: it is paused" : "tasks: it is drained"}`,
      remedy: `nothing, if that is meant; else docker node update --availability active ${member.name}`,
    });
  }
}

/** Removes the dead nodes of a departed host from the list. */
function removeDeadNodes(draft: Draft, name: string): void {
  for (const node of draft.nodes.filter((candidate) => candidate.name === name)) {
    if (node.alive || node.seen?.status === "ready" || isActive(draft, node)) continue;
    const manager = askedManager(draft);
    if (node.role === "manager") draft.steps.push(nodeStep("demote", node, manager));
    draft.steps.push(nodeStep("remove", node, manager));
    draft.nodes = draft.nodes.filter((candidate) => candidate !== node);
  }
}

/** Removes a live departed host: drain, demote, leave the Swarm, remove from the list. */
function removeMember(draft: Draft, name: string): void {
  for (const node of draft.nodes.filter((candidate) => candidate.name === name)) {
    const manager = remainingManager(draft);
    if (manager === undefined || !mayRemoveVote(draft, node)) {
      draft.notes.push({
        host: name,
        message: "should leave, but without its vote the other managers would not be a majority",
        remedy: "bring back the managers that do not answer, then run again",
      });
      continue;
    }
    if (node.seen?.availability !== "drain") {
      draft.steps.push({ ...nodeStep("availability", node, manager), availability: "drain" });
    }
    if (node.role === "manager") draft.steps.push(nodeStep("demote", node, manager));
    if (isActive(draft, node)) draft.steps.push({ kind: "leave", host: name, force: false });
    draft.steps.push(nodeStep("remove", node, manager));
    draft.nodes = draft.nodes.filter((candidate) => candidate !== node);
  }
}

function notePool(draft: Draft): void {
  const { overlayPool } = draft.wanted;
  const pools = draft.view?.overlayPools;
  if (draft.view === undefined || overlayPool === undefined || pools === undefined) return;
  if (pools.includes(overlayPool)) return;
  draft.notes.push({
    host: draft.view.through,
    message: `belongs to a Swarm whose networks come from ${pools.length === 0 ? "Docker's default pool" : pools.join(", ")} instead of ${overlayPool}; that is fixed when a Swarm is created`,
    remedy: "write that pool as hive:overlayPool, or recreate the Swarm",
  });
}

function noteUnknownNodes(draft: Draft): void {
  for (const node of draft.nodes) {
    const isDouble = isWanted(draft, node.name) && nodeOf(draft, node.name) !== node;
    const isUnknown =
      !isWanted(draft, node.name) && !(draft.wanted.departed ?? []).includes(node.name);
    if (!isDouble && !isUnknown) continue;
    draft.notes.push({
      host: node.name,
      message: isDouble
        ? `has a second node of the same name in the Swarm (${node.id}, ${node.seen?.status})`
        : "is in the Swarm but not in the inventory; it is left alone",
      remedy: `if it is not wanted: docker node rm --force ${node.id}`,
    });
  }
}

function staleMajority(draft: Draft): readonly SwarmNote[] {
  const dead = draft.nodes.filter((node) => node.votes && !node.alive);
  return dead.map((node) => ({
    host: node.name,
    message: `has lost its membership or does not answer; ${dead.length} of ${voters(draft).length} managers are lost, so the Swarm has no quorum`,
    remedy: forceNewCluster(draft),
  }));
}

function forceNewCluster(draft: Draft): string {
  const alive = draft.nodes.find((node) => node.alive);
  return (
    "bring back the managers that do not answer. If they are lost for good, run on " +
    `${alive?.name ?? "a remaining manager"}: docker swarm init --force-new-cluster --advertise-addr ` +
    `${alive?.seen?.addr ?? "<its private address>"}, then run again`
  );
}

function cannotAddVote(draft: Draft, name: string): SwarmNote {
  const dead = voters(draft).filter((node) => !node.alive);
  const names = dead.map((node) => node.name).join(", ");
  return {
    host: name,
    message: `cannot join as a manager while ${names} ${dead.length === 1 ? "does" : "do"} not answer: the Swarm could lose its majority`,
    remedy: `bring ${names} back, or remove hosts that are lost for good from the inventory, then run again`,
  };
}

function waitingNote(
  name: string,
  state: "pending" | "error" | "locked",
  detail: string | undefined,
): SwarmNote {
  const remedies = {
    pending: "wait a minute and run again",
    error: "see docker info on the host, restart its Docker Engine, then run again",
    locked: "unlock it on the host with docker swarm unlock, then run again",
  };
  return {
    host: name,
    message: `reports its Swarm membership as ${state}${detailText(detail)}`,
    remedy: remedies[state],
  };
}

function detailText(detail: string | undefined): string {
  return detail === undefined ? "" : ` (${detail})`;
}
