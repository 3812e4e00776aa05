import { decideSwarm } from "../../model/swarm/membership";
import type { SwarmObservation, WantedSwarm } from "../../model/swarm/observation";
import { type SwarmNote, swarmNoteText } from "../../model/swarm/refusal";
import { describeSwarmStep, type SwarmStep } from "../../model/swarm/step";
import { messageOf } from "../transport/errors";
import type { HostAccess } from "../transport/host-access";
import type { SwarmClusterInputs, SwarmMember } from "./membership";
import { observeSwarm } from "./observe";
import { applyStep, type StepSurroundings } from "./steps";

/** A Swarm in the wanted state, as far as its hosts are reachable. */
export interface ConvergedSwarm {
  readonly clusterId: string;
  /** Node ids by host name. */
  readonly nodeIds: Readonly<Record<string, string>>;
  /** Number of steps. */
  readonly steps: number;
  /**
   * Names of wanted members that are not active managers now, most often because their host is
   * unreachable.
   */
  readonly absent: readonly string[];
  /** Notes for the operator, e.g. about unreachable hosts. */
  readonly notes: readonly SwarmNote[];
}

/**
 * Rounds of observing, deciding and acting. The last one has nothing to do; more than two are
 * needed when hosts come or go meanwhile.
 */
const rounds = 4;

/**
 * Brings a Swarm to the wanted state: observes all hosts, lets `model/swarm/membership` decide,
 * carries the steps out, and observes again until nothing is left to do. A Swarm in the wanted
 * state is only read.
 *
 * @param members of an earlier run; those that are no longer wanted leave
 * @param onBegun called when the Swarm exists, with its id, so that a later failure leaves no
 *   orphan
 * @throws Error that names each failing host and the remedy
 */
export async function converge(
  inputs: SwarmClusterInputs,
  former: readonly SwarmMember[],
  onBegun: (clusterId: string) => void,
): Promise<ConvergedSwarm> {
  const names = new Set(inputs.members.map(({ access }) => access.name));
  const departed = former.filter(({ access }) => !names.has(access.name));
  const all = [...inputs.members, ...departed];
  const around: StepSurroundings = {
    hosts: new Map(all.map(({ access }): [string, HostAccess] => [access.name, access])),
    advertiseAddresses: new Map(
      all.map(({ access, advertiseAddress }): [string, string] => [access.name, advertiseAddress]),
    ),
    overlayPool: inputs.overlayPool,
  };
  const wanted: WantedSwarm = {
    members: inputs.members.map(({ access, labels }) => ({ name: access.name, labels })),
    departed: departed.map(({ access }) => access.name),
    formerLabels: former.flatMap(({ labels }) => Object.keys(labels)),
    heartbeatSeconds: inputs.heartbeatSeconds,
    taskHistoryLimit: inputs.taskHistoryLimit,
  };
  let done = 0;
  for (let round = 1; ; round++) {
    const seen = await observeSwarm([...around.hosts.values()]);
    if (seen.view !== undefined) {
      onBegun(seen.view.clusterId);
    }
    const decision = decideSwarm(wanted, seen);
    if (decision.kind === "refusal") {
      throw new Error(
        `The Swarm cannot be brought to the wanted state:\n${noteLines(decision.reasons)}`,
      );
    }
    if (decision.steps.length === 0 && seen.view !== undefined) {
      const { clusterId } = seen.view;
      return {
        clusterId,
        nodeIds: nodeIdsOf(wanted, seen),
        steps: done,
        absent: wanted.members.map(({ name }) => name).filter((name) => !takesPart(name, seen)),
        notes: decision.notes,
      };
    }
    if (round === rounds) {
      throw new Error(
        `The Swarm did not reach the wanted state in ${rounds - 1} rounds. Still to do: ` +
          `${decision.steps.map(describeSwarmStep).join("; ")}. Run again.`,
      );
    }
    for (const step of decision.steps) {
      await carryOutReadably(step, around);
      done++;
    }
  }
}

/** Carries out a step; its error names the step. */
async function carryOutReadably(step: SwarmStep, around: StepSurroundings): Promise<void> {
  try {
    await applyStep(step, around);
  } catch (error) {
    throw new Error(`Could not ${describeSwarmStep(step)}: ${messageOf(error)}`, { cause: error });
  }
}

/** Whether a host answers as a member of the Swarm in which it is a manager. */
function takesPart(name: string, seen: SwarmObservation): boolean {
  const host = seen.hosts[name];
  return (
    host?.state === "active" &&
    (seen.view?.nodes ?? []).some(({ id, role }) => id === host.nodeId && role === "manager")
  );
}

/**
 * Ids of the wanted members' nodes. Of two nodes with the same name, the one that the host itself
 * reports; if the host is unreachable, the one that was ready last.
 */
function nodeIdsOf(wanted: WantedSwarm, seen: SwarmObservation): Record<string, string> {
  const ids: Record<string, string> = {};
  for (const { name } of wanted.members) {
    const host = seen.hosts[name];
    const nodes = (seen.view?.nodes ?? []).filter(({ hostname }) => hostname === name);
    const node =
      nodes.find(({ id }) => host?.state === "active" && host.nodeId === id) ??
      nodes.find(({ status }) => status === "ready") ??
      nodes[0];
    if (node !== undefined) {
      ids[name] = node.id;
    }
  }
  return ids;
}

/** Notes as a list for a message. */
export function noteLines(notes: readonly SwarmNote[]): string {
  return notes.map((note) => `- ${swarmNoteText(note)}`).join("\n");
}
