import type * as pulumi from "@pulumi/pulumi";

import { checkFailure } from "../framework/check-failure";
import { changedInputs, changesOf, partialFailure } from "../framework/dynamic";
import { sameValue } from "../../model/values/same-value";
import { readResult } from "../framework/read-result";
import { messageOf } from "../transport/errors";
import { converge, type ConvergedSwarm, noteLines } from "./converge";
import {
  contentOf,
  swarmClusterInputs,
  type SwarmClusterInputs,
  type SwarmClusterState,
  type SwarmMember,
} from "./membership";
import { observeSwarm } from "./observe";
import { observedInputs } from "./drift";
import { leaveSwarm } from "./steps";
import { isKnown } from "../framework/unknown-value";
import { reportWarning } from "../progress/progress-line";

/** Forms, keeps and dissolves a Swarm whose members are all managers. */
export const swarmClusterProvider: pulumi.dynamic.ResourceProvider<
  SwarmClusterInputs,
  SwarmClusterState
> = {
  async check(_olds, news) {
    return { inputs: news, failures: checkInputs(news) };
  },

  async diff(_id, olds, news) {
    const differ = !isKnown(news) || changedInputs(swarmClusterInputs, olds, news).length > 0;
    return changesOf(differ, !olds.complete);
  },

  async create(inputs) {
    let begun: string | undefined;
    try {
      const swarm = await converge(inputs, [], (clusterId) => (begun = clusterId));
      requireMembers(inputs.members, swarm);
      warn(swarm);
      return { id: swarm.clusterId, outs: stateOf(inputs, swarm) };
    } catch (error) {
      if (begun === undefined) throw error;
      throw partialFailure(messageOf(error), begun, {
        ...inputs,
        clusterId: begun,
        nodeIds: {},
        complete: false,
      });
    }
  },

  async read(id, props) {
    if (props === undefined) return {};
    const seen = await observeSwarm(props.members.map(({ access }) => access));
    if (seen.view === undefined) {
      const states = Object.values(seen.hosts);
      if (states.every(({ state }) => state === "inactive")) {
        // Every host answers, and none is in a Swarm: it is gone.
        return {};
      }
      reportWarning(
        `no manager with quorum of the Swarm ${id} answers; its state is kept as it was.`,
      );
      return readResult(id, props, swarmClusterInputs);
    }
    return readResult(id, props, swarmClusterInputs, observedInputs(props, seen, seen.view));
  },

  async update(_id, olds, news) {
    if (olds.complete && sameValue(contentOf(olds), contentOf(news))) {
      return { outs: { ...olds, ...news } };
    }
    const swarm = await converge(news, olds.members, () => undefined);
    requireMembers(changedMembers(olds, news), swarm);
    warn(swarm);
    return { outs: stateOf(news, swarm) };
  },

  async delete(_id, props) {
    // In parallel: a manager that waited until the others have left would lose its majority.
    const failures = await Promise.all(
      props.members.map(async ({ access }) => {
        try {
          await leaveSwarm(access, true);
          return undefined;
        } catch (error) {
          return `${access.name}: ${messageOf(error)}`;
        }
      }),
    );
    for (const failure of failures) {
      if (failure !== undefined) {
        reportWarning(`a host could not leave the Swarm. ${failure}`);
      }
    }
  },
};

/** The state for converged inputs. */
function stateOf(inputs: SwarmClusterInputs, swarm: ConvergedSwarm): SwarmClusterState {
  const { clusterId, nodeIds } = swarm;
  return { ...inputs, clusterId, nodeIds, complete: true };
}

/** Members that are new, or whose server was replaced since the state was written. */
function changedMembers(olds: SwarmClusterState, news: SwarmClusterInputs): readonly SwarmMember[] {
  if (!olds.complete) return news.members;
  return news.members.filter(
    (member) =>
      !olds.members.some(
        ({ access, incarnation }) =>
          access.name === member.access.name && incarnation === member.incarnation,
      ),
  );
}

/**
 * A member that the Swarm already knows may be dead during a run: the others serve meanwhile. A new
 * member must have joined, else the state would wrongly list it as a member.
 *
 * @throws Error that names those that have not joined, the reasons and the remedies
 */
function requireMembers(members: readonly SwarmMember[], swarm: ConvergedSwarm): void {
  const missing = members
    .map(({ access }) => access.name)
    .filter((name) => swarm.absent.includes(name));
  if (missing.length === 0) return;
  const notes = swarm.notes.filter(({ host }) => missing.includes(host));
  throw new Error(
    `${missing.join(", ")} could not be made a manager of the Swarm ${swarm.clusterId}; the rest of the Swarm is in the wanted state.\n` +
      noteLines(notes),
  );
}

/** Prints the notes for the operator of a successful run. */
function warn(swarm: ConvergedSwarm): void {
  if (swarm.notes.length > 0) {
    reportWarning(`the Swarm ${swarm.clusterId} works, but:\n${noteLines(swarm.notes)}`);
  }
}

/** Problems with the known inputs. */
function checkInputs(news: SwarmClusterInputs): pulumi.dynamic.CheckFailure[] {
  const failures: pulumi.dynamic.CheckFailure[] = [];
  if (
    isKnown(news.heartbeatSeconds) &&
    !(news.heartbeatSeconds >= 1 && news.heartbeatSeconds <= 60)
  ) {
    failures.push(checkFailure("heartbeatSeconds", `is ${news.heartbeatSeconds}; give 1 to 60`));
  }
  if (!isKnown(news.members)) return failures;
  const names = news.members.map(({ access }) => access.name);
  const double = names.find((name, index) => names.indexOf(name) !== index);
  if (double !== undefined) {
    failures.push(checkFailure("members", `names the host ${double} twice`));
  }
  if (names.length === 0) {
    failures.push(checkFailure("members", "is empty; a Swarm has at least one manager"));
  }
  return failures;
}
