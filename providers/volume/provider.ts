import type * as pulumi from "@pulumi/pulumi";

import { judgeHosts } from "../../model/image/host-outcomes";
import { initializationLabels } from "../../model/initialization/record";
import { checkFailure } from "../framework/check-failure";
import { changedInputs, changesOf } from "../framework/dynamic";
import { readResult } from "../framework/read-result";
import { forgetVolume } from "../service-initialization/records";
import { isTransportError } from "../transport/errors";
import type { HostAccess } from "../transport/host-access";
import { isKnown } from "../framework/unknown-value";
import { removeVolume, createVolumeOnHosts, volumeFaults, type WantedVolume } from "./client";
import { reportWarning } from "../progress/progress-line";

/** Inputs as they come over the wire. */
export interface VolumeInputs extends WantedVolume {
  readonly hosts: readonly HostAccess[];
  readonly incarnations: readonly string[];
  /** Whether records of initial data name this volume, although its driver is `local`. */
  readonly recorded?: boolean;
  readonly revision: string;
}

/** What the state holds. */
export interface VolumeState extends VolumeInputs {
  /** Names of hosts that did not answer. */
  readonly missing: readonly string[];
}

/** Inputs that decide which volume must be where. */
const CONTENT = ["hosts", "incarnations", "site", "name", "driver", "driverOptions"] as const;
const INPUTS = [...CONTENT, "recorded", "revision"] as const;

/** How long containers may take to release a volume before its removal, seconds. */
const releaseSeconds = 30;

/** Keeps a Docker volume on a set of hosts. */
export const volumeProvider: pulumi.dynamic.ResourceProvider<VolumeInputs, VolumeState> = {
  async check(_olds, news) {
    // The engine's own rule (moby, volume/local: RestrictedNamePattern).
    const valid = !isKnown(news.name) || /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(news.name);
    const reason = `'${news.name}' is not a valid volume name: two or more letters, digits, and _ . - after the first`;
    return { inputs: news, failures: valid ? [] : [checkFailure("name", reason)] };
  },

  async diff(_id, olds, news) {
    // Another driver or other options are no reason to replace: that would delete the data.
    const replaces = isKnown(news.name) ? changedInputs(["name"], olds, news) : [];
    const differ = !isKnown(news) || changedInputs(INPUTS, olds, news).length > 0;
    return { ...changesOf(differ, olds.missing.length > 0), replaces };
  },

  async create(inputs) {
    const missing = await ensureVolume(inputs);
    return { id: inputs.name, outs: { ...inputs, missing } };
  },

  async read(id, props) {
    if (props === undefined) return {};
    const { hosts, incarnations } = props;
    const faults = await volumeFaults(hosts, props);
    if (faults.size === 0) return readResult(id, props, INPUTS);
    const observed = incarnations.map((incarnation, index) => {
      const fault = faults.get(hosts[index]?.name ?? "");
      return fault === undefined ? incarnation : `${incarnation} (${fault})`;
    });
    return readResult(id, props, INPUTS, { incarnations: observed });
  },

  async update(_id, olds, news) {
    if (olds.missing.length === 0 && changedInputs(CONTENT, olds, news).length === 0) {
      return { outs: { ...news, missing: olds.missing } };
    }
    return { outs: { ...news, missing: await ensureVolume(news) } };
  },

  async delete(_id, props) {
    const { removed, left, away } = await removeVolume(props.hosts, props, releaseSeconds);
    // Also when an earlier attempt has removed the volume, and was interrupted before this.
    if (removed.length > 0 || (left.length === 0 && away.length === 0))
      await forgetLoadedData(props);
    if (removed.length > 0) {
      reportWarning(
        `the volume '${props.name}' was removed, with its data, from: ${removed.join(", ")}`,
      );
    }
    if (away.length > 0) {
      // No remedy is given: when a server is gone, its volume is gone too.
      reportWarning(
        `the volume '${props.name}' was not removed from ${away.join(", ")}: no answer. If the server is gone, so is the volume; else it stays there with its data.`,
      );
    }
    if (left.length === 0) return;
    reportWarning(
      [
        `the volume '${props.name}' could not be removed everywhere. It stays, with its data, on:`,
        ...left.map((line) => `  ${line}`),
        `If the data is not needed, stop the users of the volume, and run on those hosts: docker volume rm ${props.name}`,
      ].join("\n"),
    );
  },
};

/**
 * Removes the records of initial data: a later volume of this name is empty, and its service's
 * initial data must be loaded then.
 */
async function forgetLoadedData(volume: VolumeState): Promise<void> {
  const { hosts, site, name, driver, recorded } = volume;
  // Only records about replicated volumes name the volume.
  if (driver === "local" && recorded !== true) return;
  try {
    await forgetVolume({ managers: hosts, site }, name);
  } catch (error) {
    if (!isTransportError(error)) throw error;
    reportWarning(
      `the Swarm still has a record that initial data was loaded into the volume '${name}': no manager answered to remove it. ` +
        "If the Swarm is removed too, nothing is to be done. Else, before you create a volume of this name again, run on a manager: " +
        `docker config ls --filter label=${initializationLabels.volumes}; then docker config rm every config listed that names this volume.`,
    );
  }
}

/** Creates the volume on the hosts; returns the names of those that do not answer. */
async function ensureVolume(inputs: VolumeInputs): Promise<string[]> {
  const outcomes = await createVolumeOnHosts(inputs.hosts, inputs);
  const verdict = judgeHosts(`The volume '${inputs.name}'`, outcomes);
  if (verdict.kind === "failed") throw new Error(verdict.message);
  return verdict.missing;
}
