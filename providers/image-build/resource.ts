import type * as pulumi from "@pulumi/pulumi";
import type { ImageRelease } from "../../model/image/releases";
import type { HostAccess } from "../transport/host-access";
import { HiveResource } from "../framework/hive-resource";
import { imageBuildProvider } from "./provider";

export interface ImageBuildArgs {
  /** Where the image is built. */
  readonly host: pulumi.Input<HostAccess>;
  /**
   * Hosts that build when `host` is unreachable, in this order. The registry is unreachable too
   * then: the image is not pushed, `reference` is its id, and the next run tries again. Default:
   * none; the run fails.
   */
  readonly fallbackHosts?: pulumi.Input<readonly pulumi.Input<HostAccess>[]>;
  /** Changes exactly when that server was replaced; then the image is checked again. */
  readonly incarnation: pulumi.Input<string>;
  /** Folder with the Dockerfile, relative to the project's root. */
  readonly contextFolder: pulumi.Input<string>;
  /** `hashBuildContext(contextFolder)`. */
  readonly contextHash: pulumi.Input<string>;
  /**
   * `<registry>/<name>`, or a local name when the image is not pushed; without tag. Another one
   * replaces the image.
   */
  readonly repository: pulumi.Input<string>;
  /** Build arguments. Not for secrets: they stay readable in the image. Default: none. */
  readonly buildArguments?: pulumi.Input<Readonly<Record<string, pulumi.Input<string>>>>;
  /** Labels of the image, e.g. `hive.site`; `hive.content` is always added. Default: none. */
  readonly labels?: pulumi.Input<Readonly<Record<string, pulumi.Input<string>>>>;
  /** Last stage of the Dockerfile to build. Default: the last one in the file. */
  readonly target?: pulumi.Input<string>;
  /**
   * Values by name that build steps read with `RUN --mount=type=secret,id=<name>`; they enter no
   * layer. Treated as secret. Another value makes no new build, another name does. Default: none.
   */
  readonly buildSecrets?: pulumi.Input<Readonly<Record<string, pulumi.Input<string>>>>;
  /**
   * Id of the image that the Dockerfile starts from: another one makes a new build. Default: not
   * tracked.
   */
  readonly baseImageId?: pulumi.Input<string>;
  /** How a host of `fallbackHosts` gets that image. Default: it must have it. */
  readonly baseImage?: pulumi.Input<{
    readonly reference: pulumi.Input<string>;
    readonly seedFromLocalEngine: pulumi.Input<boolean>;
    readonly digest?: pulumi.Input<string>;
  }>;
  /**
   * `updated` of the plan. Another one makes a new build without the builder's cache, so that its
   * steps get today's packages. Default: none.
   */
  readonly updated?: pulumi.Input<string>;
  /** Network of the RUN steps, e.g. `host`. Default: the Docker Engine's bridge. */
  readonly networkMode?: pulumi.Input<string>;
  /** Whether the image is pushed to the registry that its repository names. */
  readonly push: pulumi.Input<boolean>;
  /** Account that may push. Treated as secret. */
  readonly registryAuth?: pulumi.Input<{
    readonly username: pulumi.Input<string>;
    readonly password: pulumi.Input<string>;
  }>;
  /**
   * Systemd unit of the registry on `host`; it is started when the registry does not answer.
   * Default: the registry is not the site's own.
   */
  readonly registryUnit?: pulumi.Input<string>;
  /**
   * A finished image in place of the built one: nothing is built or pushed, and `reference` is this
   * image. An image of the same repository must be in the registry, and becomes one of the
   * releases. Default: none.
   */
  readonly pullFrom?: pulumi.Input<string>;
  /**
   * Managers of the Swarm that are asked which images services use, before old ones are removed
   * from the registry. Default: none is removed.
   */
  readonly managers?: pulumi.Input<readonly pulumi.Input<HostAccess>[]>;
}

/**
 * An image built on a host from a folder, and pushed. Its tag follows from its content, so the same
 * content is never built twice: an image with that tag and label is adopted, from the host or from
 * the registry.
 */
export class ImageBuild extends HiveResource {
  /** `sha256:…` as the registry knows it; empty when the image is not pushed. */
  declare readonly digest: pulumi.Output<string>;
  /** `<repository>@sha256:…` when pushed, `pullFrom` when that is given, else the image's id. */
  declare readonly reference: pulumi.Output<string>;
  /** Id on the host, `sha256:…`. */
  declare readonly imageId: pulumi.Output<string>;
  /**
   * Whether the registry has the image; false while it waits on another host until the registry is
   * reachable again.
   */
  declare readonly pushed: pulumi.Output<boolean>;
  /** 12 hex digits; empty with `pullFrom`. */
  declare readonly tag: pulumi.Output<string>;
  /**
   * Releases that were built here or promoted to here, newest first: the last five, and older ones
   * that are still kept.
   */
  declare readonly releases: pulumi.Output<ImageRelease[]>;

  constructor(name: string, args: ImageBuildArgs, opts: pulumi.CustomResourceOptions = {}) {
    super(
      {
        type: "ImageBuild",
        provider: imageBuildProvider,
        outputs: ["digest", "reference", "imageId", "tag", "pushed", "builtOn", "releases"],
        secrets: ["registryAuth", "buildSecrets"],
        folded: ["host", "fallbackHosts", "managers"],
      },
      name,
      {
        buildArguments: {},
        labels: {},
        ...args,
      },
      opts,
    );
  }
}
