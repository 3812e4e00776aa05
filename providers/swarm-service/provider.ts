import type * as pulumi from "@pulumi/pulumi";

import { fromEngineSpec } from "../../model/service/from-engine";
import { changedInputs, changesOf, partialFailure } from "../framework/dynamic";
import { sameValue } from "../../model/values/same-value";
import { readResult } from "../framework/read-result";
import { askWithRetries } from "../transport/ask-with-retries";
import { isTransportError, messageOf } from "../transport/errors";
import { withAnyManager } from "../transport/manager";
import { isKnown } from "../framework/unknown-value";
import { checkService } from "./check";
import { createService, findOwnService, inspectService } from "./client";
import { awaitConvergence } from "./convergence";
import { changeAndTakeOver, takeHostPorts, takeOver, retryWhilePortsHeld } from "./hand-over";
import { warnWithoutIpvs } from "./ipvs";
import { removeWithRetries, removeService } from "./removal";
import {
  normalWhereKnown,
  deferServerNames,
  serviceContent,
  specOf,
  type SwarmServiceInputs,
  swarmServiceInputs,
  type SwarmServiceState,
  withObserved,
} from "./service-state";
import { watchSeconds } from "./watch";
import { reportWarning } from "../progress/progress-line";

/** How long tasks may take to stop, beyond their own stop timeout. */
const removalSeconds = 15;

/** Keeps a service of the Swarm: its spec and its running tasks. */
export const swarmServiceProvider: pulumi.dynamic.ResourceProvider<
  SwarmServiceInputs,
  SwarmServiceState
> = {
  async check(olds, news) {
    const failures = checkService(news);
    // Wrong inputs are shown as given.
    const normal = failures.length === 0 ? normalWhereKnown(news, olds) : undefined;
    return { inputs: normal === undefined ? news : deferServerNames(olds, normal), failures };
  },

  async diff(_id, olds, news) {
    const replaces: string[] = [];
    if (isKnown(news.name) && olds.name !== news.name) replaces.push("name");
    if (isKnown(news.mode) && news.mode.kind !== olds.mode.kind) replaces.push("mode");
    // There can be only one service of a name. Under another name, the new service takes over the
    // old one's resources.
    const deleteBeforeReplace = replaces.length > 0 && !replaces.includes("name");
    const differ = !isKnown(news) || changedInputs(swarmServiceInputs, olds, news).length > 0;
    return { ...changesOf(differ, !olds.complete), replaces, deleteBeforeReplace };
  },

  async create(inputs) {
    const spec = specOf(inputs);
    const { managers, registryAuth, convergeDeadlineSeconds } = inputs;
    const own = await withAnyManager(managers, (docker) => findOwnService(docker, spec), {
      repeatable: true,
    });
    // The kind of mode cannot be changed.
    const usable = own !== undefined && fromEngineSpec(own.Spec).mode.kind === spec.mode.kind;
    if (!usable) await takeOver(managers, spec, inputs.partners);
    if (own !== undefined && !usable) {
      const waitSeconds = spec.stopGracePeriodSeconds + removalSeconds;
      await removeService(managers, own.ID, waitSeconds);
    }
    const id = usable
      ? own.ID
      : await retryWhilePortsHeld(() =>
          withAnyManager(managers, (docker) => createService(docker, spec, registryAuth)),
        );
    try {
      const options = {
        auth: registryAuth,
        force: false,
        deadlineSeconds: convergeDeadlineSeconds,
        partners: inputs.partners,
      };
      const change = usable ? await changeAndTakeOver(managers, id, spec, options) : undefined;
      if (change === undefined) await takeHostPorts(managers, spec);
      await awaitConvergence(managers, id, {
        deadlineSeconds: convergeDeadlineSeconds,
        after:
          change === undefined ? "creation" : change.before === undefined ? "nothing" : "change",
        before: change?.before,
        stableSeconds: await watchSeconds(managers, spec),
      });
      await change?.settle();
    } catch (error) {
      throw partialFailure(messageOf(error), id, { ...inputs, serviceId: id, complete: false });
    }
    await warnWithoutIpvs(managers, spec);
    return { id, outs: { ...inputs, serviceId: id, complete: true } };
  },

  async read(id, props) {
    if (props === undefined) return {};
    try {
      const seen = await askWithRetries(30, () =>
        withAnyManager(props.managers, (docker) => inspectService(docker, id), {
          deadlineSeconds: 15,
          repeatable: true,
        }),
      );
      // No id: the service is gone, and the next run recreates it.
      if (seen === undefined) return {};
      const observed = fromEngineSpec(seen.Spec);
      return readResult(id, withObserved(props, observed), swarmServiceInputs);
    } catch (error) {
      if (!isTransportError(error)) throw error;
      reportWarning(
        `the service '${props.name}' could not be checked; its state is kept as it was. ${error.message}`,
      );
      return readResult(id, props, swarmServiceInputs);
    }
  },

  async update(id, olds, news) {
    const authChanged = !sameValue(olds.registryAuth, news.registryAuth);
    const changed = changedInputs(serviceContent, olds, news).length > 0;
    // Every change of a one-time job makes it run again, and a new account is no reason for that.
    const runsOnce = news.mode.kind === "job" && news.mode.schedule === undefined;
    const force = authChanged && !runsOnce;
    if (olds.complete && !changed && !force) {
      return { outs: { ...news, serviceId: id, complete: true } };
    }
    const { managers, registryAuth, convergeDeadlineSeconds } = news;
    const spec = specOf(news);
    try {
      const change = await changeAndTakeOver(managers, id, spec, {
        auth: registryAuth,
        force,
        deadlineSeconds: convergeDeadlineSeconds,
        partners: news.partners,
      });
      await awaitConvergence(managers, id, {
        deadlineSeconds: convergeDeadlineSeconds,
        after: change.before === undefined ? "nothing" : "change",
        before: change.before,
        // The Docker Engine monitors a change, unless the policy is to continue on failure.
        stableSeconds:
          olds.complete && spec.update.onFailure !== "continue" && !change.wasStopped
            ? 0
            : await watchSeconds(managers, spec),
      });
      await change.settle();
    } catch (error) {
      // After a roll-back the Swarm has the old service. In any case the next run has to check it
      // again.
      const { revision } = news;
      throw partialFailure(messageOf(error), id, {
        ...olds,
        revision,
        managers,
        complete: false,
      });
    }
    await warnWithoutIpvs(managers, spec);
    return { outs: { ...news, serviceId: id, complete: true } };
  },

  async delete(id, props) {
    const waitSeconds = props.stopGracePeriodSeconds + removalSeconds;
    try {
      await removeWithRetries(props.managers, id, waitSeconds);
    } catch (error) {
      if (!isTransportError(error, "manager")) throw error;
      // A Swarm without quorum cannot remove anything; its objects go with its hosts.
      reportWarning(
        `the service '${props.name}' could not be removed and is forgotten. ${error.message}`,
      );
    }
  },
};
