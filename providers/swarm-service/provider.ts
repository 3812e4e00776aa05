import type * as pulumi from "@pulumi/pulumi";

import { fromEngineSpec } from "../../model/service-spec";
import { changedInputs, partialFailure, sameValue } from "../dynamic";
import { readResult } from "../read-result";
import { askAgain } from "../transport/again";
import { isTransportError, messageOf } from "../transport/errors";
import { withAnyManager } from "../transport/manager";
import { isKnown } from "../unknown-value";
import { checkService } from "./check";
import {
  createService,
  findOwnService,
  inspectService,
  removeService,
  updateService,
} from "./client";
import { awaitConvergence } from "./convergence";
import {
  serviceContent,
  specOf,
  type SwarmServiceInputs,
  swarmServiceInputs,
  type SwarmServiceState,
  withDefaults,
  withObserved,
} from "./service-state";

/** How long tasks may take to go beyond their own time to stop. */
const removalSeconds = 15;

/** Keeps a service of the Swarm: what it is, and that it runs. */
export const swarmServiceProvider: pulumi.dynamic.ResourceProvider<
  SwarmServiceInputs,
  SwarmServiceState
> = {
  async check(_olds, news) {
    const failures = checkService(news);
    // Defaults depend on other inputs; while some are unknown, what was given is shown as it is.
    return { inputs: isKnown(news) ? withDefaults(news) : news, failures };
  },

  async diff(_id, olds, news) {
    const replaces: string[] = [];
    if (isKnown(news.name) && olds.name !== news.name) replaces.push("name");
    const kindChanges = isKnown(news.mode) && (news.mode?.kind ?? "replicated") !== olds.mode.kind;
    if (kindChanges) replaces.push("mode");
    if (!isKnown(news)) return { changes: true, replaces, deleteBeforeReplace: kindChanges };
    return {
      changes: !olds.complete || changedInputs(swarmServiceInputs, olds, news).length > 0,
      replaces,
      // Under the same name there can be only one.
      deleteBeforeReplace: kindChanges,
    };
  },

  async create(inputs) {
    const spec = specOf(inputs);
    const { managers, registryAuth, convergeDeadlineSeconds } = inputs;
    const { id, updated } = await withAnyManager(managers, async (docker) => {
      const own = await findOwnService(docker, spec);
      return own === undefined
        ? { id: await createService(docker, spec, registryAuth), updated: false }
        : { id: own.ID, updated: await updateService(docker, own.ID, spec, registryAuth, false) };
    });
    try {
      await awaitConvergence(managers, id, {
        deadlineSeconds: convergeDeadlineSeconds,
        updated,
        stableSeconds: inputs.update.monitorSeconds,
      });
    } catch (error) {
      throw partialFailure(messageOf(error), id, { ...inputs, serviceId: id, complete: false });
    }
    return { id, outs: { ...inputs, serviceId: id, complete: true } };
  },

  async read(id, props) {
    if (props === undefined) return {};
    try {
      const seen = await askAgain(30, () =>
        withAnyManager(props.managers, (docker) => inspectService(docker, id), {
          deadlineSeconds: 15,
          repeatable: true,
        }),
      );
      // No id: it is gone, and the next run makes it again.
      if (seen === undefined) return {};
      const observed = fromEngineSpec(seen.Spec);
      return readResult(id, withObserved(props, observed), swarmServiceInputs);
    } catch (error) {
      if (!isTransportError(error)) throw error;
      console.warn(
        `hive: the service '${props.name}' could not be looked at; its state is kept as it was. ${error.message}`,
      );
      return readResult(id, props, swarmServiceInputs);
    }
  },

  async update(id, olds, news) {
    const authChanged = !sameValue(olds.registryAuth, news.registryAuth);
    const changed = changedInputs(serviceContent, olds, news).length > 0;
    if (olds.complete && !changed && !authChanged) {
      return { outs: { ...news, serviceId: id, complete: true } };
    }
    const { managers, registryAuth, convergeDeadlineSeconds } = news;
    const updated = await withAnyManager(managers, (docker) =>
      updateService(docker, id, specOf(news), registryAuth, authChanged),
    );
    await awaitConvergence(managers, id, {
      deadlineSeconds: convergeDeadlineSeconds,
      updated,
      stableSeconds: olds.complete ? 0 : news.update.monitorSeconds,
    });
    return { outs: { ...news, serviceId: id, complete: true } };
  },

  async delete(id, props) {
    const waitSeconds = props.stopGracePeriodSeconds + removalSeconds;
    try {
      await withAnyManager(props.managers, (docker) => removeService(docker, id, waitSeconds), {
        deadlineSeconds: waitSeconds + 30,
        repeatable: true,
      });
    } catch (error) {
      if (!isTransportError(error)) throw error;
      // A Swarm that cannot decide cannot remove anything either; what is left of it goes with its hosts.
      console.warn(
        `hive: the service '${props.name}' could not be removed and is forgotten. ${error.message}`,
      );
    }
  },
};
