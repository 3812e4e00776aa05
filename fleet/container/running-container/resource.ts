import type * as pulumi from "@pulumi/pulumi";
import { HiveResource } from "../../../providers/framework/hive-resource";
import { runningContainerProvider } from "./provider";

export interface RunningContainerArgs {
  /** Name of the container on the local Docker Engine; used in messages. */
  readonly containerName: pulumi.Input<string>;
  /** The container's id; it changes when the container is replaced. */
  readonly containerId: pulumi.Input<string>;
}

/**
 * A running server container of the local Docker Engine. A plain `up` checks it (one request to the
 * local engine, no SSH) and starts it if it was stopped or killed. A removed container is an error
 * with the remedy: another resource creates it.
 */
export class RunningContainer extends HiveResource {
  /** `running`; a refresh shows the observed state instead. */
  declare readonly state: pulumi.Output<string>;

  constructor(name: string, args: RunningContainerArgs, opts: pulumi.CustomResourceOptions = {}) {
    super(
      // The type that states hold.
      { type: "ContainerPower", provider: runningContainerProvider },
      name,
      { ...args, state: "running" },
      opts,
    );
  }
}
