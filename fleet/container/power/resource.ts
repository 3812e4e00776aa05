import type * as pulumi from "@pulumi/pulumi";
import { HiveResource } from "../../../providers/framework/hive-resource";
import { containerPowerProvider } from "./provider";

export interface ContainerPowerArgs {
  /** Name of the container on the local engine; used in messages. */
  readonly containerName: pulumi.Input<string>;
  /** The container's id: a replaced container is another one to watch. */
  readonly containerId: pulumi.Input<string>;
}

/**
 * A server container of the local Docker Engine runs. A plain `up` looks (one request to the local
 * engine, no SSH) and starts one that was stopped or killed. One that was removed is not its to
 * build: it says so, with the way out.
 */
export class ContainerPower extends HiveResource {
  /** `running`; a refresh shows what was found instead. */
  declare readonly state: pulumi.Output<string>;

  constructor(name: string, args: ContainerPowerArgs, opts: pulumi.CustomResourceOptions = {}) {
    super(
      { type: "ContainerPower", provider: containerPowerProvider },
      name,
      { ...args, state: "running" },
      opts,
    );
  }
}
