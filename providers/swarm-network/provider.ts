import type * as pulumi from "@pulumi/pulumi";

import { networkFaults, networkSettings, type NetworkSpec } from "../../model/network/spec";
import { checkFailure } from "../framework/check-failure";
import { changedInputs, changesOf } from "../framework/dynamic";
import { readResult } from "../framework/read-result";
import { askWithRetries } from "../transport/ask-with-retries";
import { isTransportError } from "../transport/errors";
import type { HostAccess } from "../transport/host-access";
import { withAnyManager } from "../transport/manager";
import { isKnown } from "../framework/unknown-value";
import { addressPool, ensureNetwork, inspectNetwork, removeNetwork, specOf } from "./client";
import { reportWarning } from "../progress/progress-line";

/** Inputs as they come over the wire. */
export interface SwarmNetworkInputs extends NetworkSpec {
  readonly managers: readonly HostAccess[];
  readonly revision: string;
}

/** What the state holds. */
export interface SwarmNetworkState extends SwarmNetworkInputs {
  readonly networkId: string;
  readonly networkName: string;
}

/** The settings that a Swarm fixes when it creates a network. */
const FIXED = [
  "site",
  "name",
  "driver",
  "driverOptions",
  "subnet",
  "gateway",
  "attachable",
  "internal",
] as const;
const INPUTS = [...FIXED, "managers", "revision"] as const;

/** How long tasks may take to leave a network before its removal, seconds. */
const leaveSeconds = 20;

/** Keeps a network of the Swarm. */
export const swarmNetworkProvider: pulumi.dynamic.ResourceProvider<
  SwarmNetworkInputs,
  SwarmNetworkState
> = {
  async check(_olds, news) {
    const faults = isKnown(news) ? networkFaults(news) : [];
    return {
      inputs: news,
      failures: faults.map(({ field, reason }) => checkFailure(field, reason)),
    };
  },

  async diff(_id, olds, news) {
    const known = FIXED.filter((name) => isKnown(news[name]));
    const replaces = changedInputs(known, olds, news);
    const differ = !isKnown(news) || changedInputs(INPUTS, olds, news).length > 0;
    // Never deleted first: a network in use cannot be deleted.
    return { ...changesOf(differ), replaces };
  },

  async create(inputs) {
    const { id, name } = await withAnyManager(
      inputs.managers,
      (docker) => ensureNetwork(docker, specOf(inputs)),
      { repeatable: true },
    );
    return { id, outs: { ...inputs, networkId: id, networkName: name } };
  },

  async read(id, props) {
    if (props === undefined) return {};
    try {
      const seen = await askWithRetries(30, () =>
        withAnyManager(
          props.managers,
          async (docker) => {
            const network = await inspectNetwork(docker, id);
            return network === undefined
              ? undefined
              : networkSettings(network, props, await addressPool(docker));
          },
          { deadlineSeconds: 15, repeatable: true },
        ),
      );
      // No id: the network is gone, and the next run recreates it.
      if (seen === undefined) return {};
      // Settings that the network does not have must not be copied from the state.
      const others = Object.entries(props).filter(
        ([name]) => !["subnet", "gateway"].includes(name),
      );
      return readResult(id, Object.fromEntries(others) as unknown as typeof props, INPUTS, seen);
    } catch (error) {
      if (!isTransportError(error)) throw error;
      reportWarning(
        `the network '${props.name}' could not be checked; its state is kept as it was. ${error.message}`,
      );
      return readResult(id, props, INPUTS);
    }
  },

  // An update changes only how the Swarm is reached.
  async update(id, olds, news) {
    return { outs: { ...news, networkId: id, networkName: olds.networkName } };
  },

  async delete(id, props) {
    const left = await withAnyManager(
      props.managers,
      (docker) => removeNetwork(docker, id, leaveSeconds),
      { deadlineSeconds: leaveSeconds + 40, repeatable: true },
    ).catch((error: unknown) => {
      if (!isTransportError(error)) throw error;
      // A Swarm without quorum cannot remove anything; its objects go with its hosts.
      reportWarning(
        `the network '${props.networkName}' could not be removed and is forgotten. ${error.message}`,
      );
      return undefined;
    });
    if (left === undefined) return;
    reportWarning(
      `the network '${props.networkName}' could not be removed and is left alone. ${left}\n` +
        "The next change of this network removes it. Or, when nothing uses it, run on a manager: " +
        `docker network rm ${props.networkName}`,
    );
  },
};
