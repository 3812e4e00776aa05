import type * as pulumi from "@pulumi/pulumi";
import { bootSeconds } from "../first-contact/client";
import { hostStepProvider, type HostStepInputs, type HostStepState } from "../host-step/provider";
import { returnToSwarm, type SwarmOfServer } from "../swarm-cluster/return-to-swarm";
import { runCommand } from "../transport/command";
import { sleep } from "../transport/deadline";
import { isTransportError } from "../transport/errors";
import type { HostAccess } from "../transport/host-access";

/** Inputs as they come over the wire. */
export interface ReturningStepInputs extends HostStepInputs {
  /** Changes exactly when the server was away: replaced, or stopped for another type. */
  readonly machine: string;
  readonly swarm: SwarmOfServer;
}

/** What the state holds. */
export type ReturningStepState = ReturningStepInputs & HostStepState;

/** Limit for one connection, seconds. */
const dialSeconds = 5;
const pauseMs = 1000;

/**
 * A step of a host like any other; after a server was away it is done only when the server is back
 * in the Swarm and no service lacks a task.
 */
export const returningStepProvider: pulumi.dynamic.ResourceProvider<
  ReturningStepInputs,
  ReturningStepState
> = {
  async check(_olds, news) {
    return { inputs: news, failures: [] };
  },

  async diff(id, olds, news) {
    return await hostStepProvider.diff(id, olds, news);
  },

  async create(inputs) {
    const { id, outs } = await hostStepProvider.create(inputs);
    return { id, outs: { ...inputs, missing: outs.missing } };
  },

  async read(id, props) {
    return (await hostStepProvider.read(
      id,
      props,
    )) as pulumi.dynamic.ReadResult<ReturningStepState>;
  },

  async update(id, olds, news) {
    const wasAway = olds.machine !== news.machine;
    if (wasAway) await untilReachable(news.host);
    const { missing } = (await hostStepProvider.update(id, olds, news)).outs;
    if (wasAway) {
      // Others wait until this one is back, so a server that was lost once more ends the run.
      if (missing) throw new Error(`${news.host.name} does not answer any more. Run again.`);
      await returnToSwarm(news.host.name, news.swarm);
    }
    return { outs: { ...news, missing } };
  },

  // It goes with the server.
  async delete() {},
};

/** A server that was stopped for another type boots. @throws TransportError when it does not */
async function untilReachable(host: HostAccess): Promise<void> {
  const end = Date.now() + bootSeconds * 1000;
  for (;;) {
    try {
      await runCommand(host, "true", { dialSeconds, deadlineSeconds: 2 * dialSeconds });
      return;
    } catch (error) {
      const isBooting = isTransportError(error, "unreachable", "lost", "deadline");
      if (!isBooting || Date.now() >= end) throw error;
      await sleep(pauseMs);
    }
  }
}
