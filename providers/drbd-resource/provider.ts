import type * as pulumi from "@pulumi/pulumi";
import { nextStep } from "../../model/volume/drbd/next-step";
import { checkFailure } from "../framework/check-failure";
import { changedInputs, changesOf } from "../framework/dynamic";
import { readResult } from "../framework/read-result";
import { isKnown } from "../framework/unknown-value";
import { reportWarning } from "../progress/progress-line";
import { bringVolume, lookAt, removeFromServers, type VolumeOnServers } from "./client";

/** Inputs as they come over the wire. */
export interface DrbdResourceInputs extends Omit<VolumeOnServers, "isMade"> {
  /** One for each server, in the same order; changes exactly when that server was replaced. */
  readonly incarnations: readonly string[];
  readonly revision: string;
}

/** What the state holds. */
export interface DrbdResourceState extends DrbdResourceInputs {
  /** Names of servers that did not answer. */
  readonly missing: readonly string[];
}

/** Inputs that decide what is done. */
const CONTENT = [
  ...["name", "sizeBytes", "metadataBytes", "filesystem"],
  ...["hosts", "commands", "file", "secret", "incarnations"],
] as (keyof DrbdResourceInputs)[];
const INPUTS = [...CONTENT, "revision"] as const;

/** Keeps a volume on DRBD, on all its servers. */
export const drbdResourceProvider: pulumi.dynamic.ResourceProvider<
  DrbdResourceInputs,
  DrbdResourceState
> = {
  async check(olds, news) {
    const isSmaller =
      isKnown(olds.sizeBytes) && isKnown(news.sizeBytes) && news.sizeBytes < olds.sizeBytes;
    const reason = `volumes do not shrink: it has ${olds.sizeBytes} bytes, and ${news.sizeBytes} are wanted. Write the larger size, or make a volume of another name and copy the data`;
    return { inputs: news, failures: isSmaller ? [checkFailure("sizeBytes", reason)] : [] };
  },

  async diff(_id, olds, news) {
    const replaces = isKnown(news.name) ? changedInputs(["name"], olds, news) : [];
    const differ = !isKnown(news) || changedInputs(INPUTS, olds, news).length > 0;
    return { ...changesOf(differ, olds.missing.length > 0), replaces };
  },

  async create(inputs) {
    const missing = await bringVolume({ ...inputs, isMade: false });
    return { id: inputs.name, outs: { ...inputs, missing } };
  },

  async read(id, props) {
    if (props === undefined) return {};
    const decision = nextStep({ ...props, isMade: true }, await lookAt({ ...props, isMade: true }));
    // Connections and data that are waited for come by themselves.
    if (decision.next === "done" || decision.next === "wait") return readResult(id, props, INPUTS);
    const fault =
      decision.next === "refuse"
        ? { places: props.hosts.map(({ name }) => name), words: decision.message }
        : {
            places: "hosts" in decision.step ? decision.step.hosts : [decision.step.host],
            words: `needs ${decision.step.kind}`,
          };
    const incarnations = props.incarnations.map((incarnation, index) =>
      fault.places.includes(props.hosts[index]?.name ?? "")
        ? `${incarnation} (${fault.words})`
        : incarnation,
    );
    return readResult(id, props, INPUTS, { incarnations });
  },

  async update(_id, olds, news) {
    if (olds.missing.length === 0 && changedInputs(CONTENT, olds, news).length === 0)
      return { outs: { ...news, missing: olds.missing } };
    return { outs: { ...news, missing: await bringVolume({ ...news, isMade: true }) } };
  },

  async delete(_id, props) {
    const { name } = props;
    const { away, left } = await removeFromServers({ ...props, isMade: true });
    if (left.length > 0)
      throw new Error(
        `The volume ${name} could not be removed everywhere; it is still on:\n  ${left.join("\n  ")}`,
      );
    if (away.length > 0)
      reportWarning(
        `the volume ${name} was not removed from ${away.join(", ")}: no answer. If the server is gone, so is the volume; else it stays there with its data.`,
      );
  },
};
