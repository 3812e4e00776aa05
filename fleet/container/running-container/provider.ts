import type * as pulumi from "@pulumi/pulumi";
import { changedInputs } from "../../../providers/framework/dynamic";
import { readResult } from "../../../providers/framework/read-result";
import { isKnown } from "../../../providers/framework/unknown-value";
import { reportProgress, reportWarning } from "../../../providers/progress/progress-line";
import { awaitHealth, inspectContainer, startContainer } from "./client";

/** Inputs as they come over the wire. */
export interface RunningContainerInputs {
  readonly containerName: string;
  readonly containerId: string;
  /** Always `running`; an input so that a refresh can show something else under its name. */
  readonly state: string;
  readonly revision: string;
}

const INPUTS = ["containerName", "containerId", "state", "revision"] as const;

/** Keeps server containers running. */
export const runningContainerProvider: pulumi.dynamic.ResourceProvider<
  RunningContainerInputs,
  RunningContainerInputs
> = {
  async check(_olds, news) {
    return { inputs: news, failures: [] };
  },

  async diff(_id, olds, news) {
    if (!isKnown(news.containerId)) return { changes: true };
    if (changedInputs(INPUTS, olds, news).length > 0) return { changes: true };
    const state = await inspectContainer(news.containerId);
    // An engine that does not answer is no change: whatever needs it will say so.
    return { changes: state !== "running" && state !== "unknown" };
  },

  async create(inputs) {
    await startContainer(inputs.containerName, inputs.containerId);
    return { id: inputs.containerName, outs: inputs };
  },

  async read(id, props) {
    if (props === undefined) return {};
    const state = await inspectContainer(props.containerId);
    if (state === "unknown") return readResult(id, props, INPUTS);
    return readResult(id, props, INPUTS, { state });
  },

  async update(_id, _olds, news) {
    await startContainer(news.containerName, news.containerId);
    reportProgress(`${news.containerName}: started; waiting until it is well`);
    if (!(await awaitHealth(news.containerId)))
      reportWarning(
        `the server ${news.containerName} was started and is not well yet. What is wrong: npx hive status`,
      );
    return { outs: news };
  },

  // The container's own resource removes it.
  async delete() {},
};
