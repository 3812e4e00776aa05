import type * as pulumi from "@pulumi/pulumi";
import type { HostAccess } from "../transport/host-access";
import { HiveResource } from "../framework/hive-resource";
import { baseImageProvider } from "./provider";

export interface BaseImageArgs {
  readonly host: pulumi.Input<HostAccess>;
  /** Changes exactly when that server was replaced. */
  readonly incarnation: pulumi.Input<string>;
  /** As in a Dockerfile's FROM, e.g. `debian:trixie-slim`. */
  readonly reference: pulumi.Input<string>;
  /**
   * Whether it is copied from this computer's Docker Engine if that has it: no download. Default
   * false.
   */
  readonly seedFromLocalEngine?: pulumi.Input<boolean>;
  /**
   * `updated` of the plan. Another one ends the pin: the image is asked for again. Default: none.
   */
  readonly updated?: pulumi.Input<string>;
}

/**
 * The base image of builds, on the build host. An existing image is adopted; no image is ever
 * removed.
 */
export class BaseImage extends HiveResource {
  /**
   * Id of the image that the reference meant when it was first pulled, or at the last update,
   * `sha256:…`; a replaced server does not change it.
   */
  declare readonly imageId: pulumi.Output<string>;
  /** Digest of that image in its registry, `sha256:…`; empty if it came from no registry. */
  declare readonly digest: pulumi.Output<string>;

  constructor(name: string, args: BaseImageArgs, opts: pulumi.CustomResourceOptions = {}) {
    super(
      {
        type: "BaseImage",
        provider: baseImageProvider,
        outputs: ["imageId", "digest"],
        folded: ["host"],
      },
      name,
      {
        seedFromLocalEngine: false,
        ...args,
      },
      opts,
    );
  }
}
