import type * as pulumi from "@pulumi/pulumi";

import type { FinishedStep } from "../../model/initialization/step";
import {
  findRecord,
  finishedStep,
  type InitializationRecord,
  isOfOtherPlace,
} from "../../model/initialization/record";
import { changedInputs, changesOf, partialFailure } from "../framework/dynamic";
import { readResult } from "../framework/read-result";
import { isTransportError, messageOf } from "../transport/errors";
import { isKnown } from "../framework/unknown-value";
import { checkInitialization } from "./check";
import { listRecords, removeRecords, writeRecord } from "./records";
import { runStep } from "./run-step";
import {
  initializationContent,
  type ServiceInitializationInputs,
  serviceInitializationInputs,
  type ServiceInitializationState,
} from "./state";
import { reportWarning } from "../progress/progress-line";

/**
 * How long a removal waits for a manager that answers. A step that stayed recorded would not run
 * for a new service of this name.
 */
const removalSeconds = 20;

/** Keeps a service's initial data loaded: it runs every step once for each content of the step. */
export const serviceInitializationProvider: pulumi.dynamic.ResourceProvider<
  ServiceInitializationInputs,
  ServiceInitializationState
> = {
  async check(_olds, news) {
    return { inputs: news, failures: checkInitialization(news) };
  },

  async diff(_id, olds, news) {
    const replaces = (["site", "service"] as const).filter(
      (name) => isKnown(news[name]) && olds[name] !== news[name],
    );
    const differ =
      !isKnown(news) || changedInputs(serviceInitializationInputs, olds, news).length > 0;
    return { ...changesOf(differ), replaces };
  },

  async create(inputs) {
    const id = `${inputs.site}/${inputs.service}`;
    const done: FinishedStep[] = [];
    try {
      await runSteps(inputs, done);
    } catch (error) {
      // Without the steps: the state in a failure is limited in size, and their data is not. The
      // next run compares with the records in the Swarm, so it goes on with the failed step.
      throw partialFailure(messageOf(error), id, { ...inputs, steps: [], secrets: {}, done });
    }
    return { id, outs: { ...inputs, done } };
  },

  async read(id, props) {
    if (props === undefined) return {};
    try {
      const records = ownRecords(await listRecords(props, 0), props);
      const isKept = (name: string): boolean => {
        const hash = props.done.find((step) => step.name === name)?.hash;
        return records.some((record) => record.step === name && record.hash === hash);
      };
      // A step without its record counts as not done: the next run runs it.
      const steps = props.steps.filter(({ name }) => isKept(name));
      const done = props.done.filter(({ name }) => isKept(name));
      const secrets = Object.fromEntries(
        Object.entries(props.secrets).filter(([name]) => isKept(name)),
      );
      return readResult(id, props, serviceInitializationInputs, { steps, done, secrets });
    } catch (error) {
      if (!isTransportError(error)) throw error;
      reportWarning(
        `the initialization records of the service '${props.service}' could not be read; their state is kept as it was. ${error.message}`,
      );
      return readResult(id, props, serviceInitializationInputs);
    }
  },

  async update(_id, olds, news) {
    if (changedInputs(initializationContent, olds, news).length === 0) {
      return { outs: { ...news, done: olds.done } };
    }
    const done: FinishedStep[] = [];
    await runSteps(news, done);
    return { outs: { ...news, done } };
  },

  async delete(_id, props) {
    try {
      const records = ownRecords(await listRecords(props, removalSeconds), props);
      await removeRecords(
        props,
        records.map(({ id }) => id),
      );
    } catch (error) {
      if (!isTransportError(error)) throw error;
      // A Swarm without quorum cannot remove anything; its objects go with its hosts.
      reportWarning(
        `the initialization records of the service '${props.service}' could not be removed and are forgotten. ${error.message}`,
      );
    }
  },
};

/**
 * Runs the steps that are not recorded as done, in order; `done` grows with each, so that it is
 * correct after a failure too.
 */
async function runSteps(inputs: ServiceInitializationInputs, done: FinishedStep[]): Promise<void> {
  const { managers: hosts, service, serviceId } = inputs;
  const place = { service, volumes: inputs.volumes ?? [] };
  const all = await listRecords(inputs);
  const records = ownRecords(all, inputs);
  const kept = new Set<string>();
  for (const step of inputs.steps) {
    const secrets = inputs.secrets[step.name] ?? [];
    const record = findRecord(step, secrets, all, place);
    if (record !== undefined) {
      if (isOfOtherPlace(record, place)) {
        done.push(finishedStep(await writeRecord(inputs, step, secrets, record)));
      } else {
        kept.add(record.id);
        done.push(finishedStep(record));
      }
      continue;
    }
    try {
      const outcome = await runStep({ hosts, service, serviceId, step, secrets });
      done.push(finishedStep(await writeRecord(inputs, step, secrets, outcome)));
    } catch (error) {
      const { detail = "did not run" } = error as { detail?: string };
      const earlier = records.filter((old) => old.step === step.name && old.result === "failed");
      // For readers of `hive status`. The error itself says more; another one must not hide it.
      await writeRecord(inputs, step, secrets, { result: "failed", detail })
        .then(() => removeAll(inputs, earlier))
        .catch(() => undefined);
      throw error;
    }
  }
  // Records of earlier contents, of removed steps, and of failures that are fixed.
  await removeAll(
    inputs,
    records.filter(({ id }) => !kept.has(id)),
  ).catch((error: unknown) => {
    if (!isTransportError(error)) throw error;
    // The next change of the steps removes them.
    reportWarning(`old records of '${service}' could not be removed. ${error.message}`);
  });
}

function ownRecords(
  records: readonly InitializationRecord[],
  { service }: Pick<ServiceInitializationInputs, "service">,
): readonly InitializationRecord[] {
  return records.filter((record) => record.service === service);
}

async function removeAll(
  inputs: ServiceInitializationInputs,
  records: readonly InitializationRecord[],
): Promise<void> {
  await removeRecords(
    inputs,
    records.map(({ id }) => id),
  );
}
