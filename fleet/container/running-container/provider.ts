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
    // A Docker Engine that does not answer is not a change: resources that need it will report it.
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
    const was = await startContainer(news.containerName, news.containerId);
    const done = was === "paused" ? "resumed" : "started";
    reportProgress(`${news.containerName}: ${done}; waiting until it is healthy`);
    if (!(await awaitHealth(news.containerId)))
      reportWarning(
        `the server ${news.containerName} was ${done}, but is not healthy yet. To see why, run: npx hive status`,
      );
    return { outs: news };
  },

  // The container's own resource removes it.
  async delete() {},
};
