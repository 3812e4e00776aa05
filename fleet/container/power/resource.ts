import * as pulumi from "@pulumi/pulumi";
import { containerPowerProvider } from "./provider";

/** Arguments of {@link ContainerPower}. */
export interface ContainerPowerArgs {
  /** Name of the container on the local engine; used in messages. */
  readonly containerName: pulumi.Input<string>;
  /** The container's id: a replaced container is another one to watch. */
  readonly containerId: pulumi.Input<string>;
}

/** Bumped when code that runs from the state (`read`, `delete`) changes, so that the new text gets there. */
const REVISION = 1;

/**
 * A server container of the local Docker Engine runs. A plain `up` looks (one request to the local engine, no SSH) and
 * starts one that was stopped or killed. One that was removed is not its to build: it says so, with the way out.
 */
export class ContainerPower extends pulumi.dynamic.Resource {
  /** `running`; a refresh shows what was found instead. */
  declare readonly state: pulumi.Output<string>;

  constructor(name: string, args: ContainerPowerArgs, opts: pulumi.CustomResourceOptions = {}) {
    super(
      containerPowerProvider,
      name,
      { ...args, state: "running", revision: REVISION },
      opts,
      "hive",
      "ContainerPower",
    );
  }
}
