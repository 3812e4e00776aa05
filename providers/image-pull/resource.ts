import type * as pulumi from "@pulumi/pulumi";
import type { HostAccess } from "../transport/host-access";
import { HiveResource } from "../framework/hive-resource";
import { imagePullProvider } from "./provider";

export interface ImagePullArgs {
  readonly hosts: pulumi.Input<readonly pulumi.Input<HostAccess>[]>;
  /** One for each host, in the same order; changes exactly when that server was replaced. */
  readonly incarnations: pulumi.Input<readonly pulumi.Input<string>[]>;
  /**
   * `<repository>@sha256:…`, or `<repository>:<tag>`: a tag is resolved to its digest once, and the
   * digest is kept; a tag that is moved later changes nothing here. Another reference is resolved
   * again. Or the id of an image, `sha256:…`, that one of the hosts has and no registry: it is
   * copied from host to host.
   */
  readonly reference: pulumi.Input<string>;
  /** Account that may pull. Treated as secret. Default: none, for a public registry. */
  readonly registryAuth?: pulumi.Input<{
    readonly username: pulumi.Input<string>;
    readonly password: pulumi.Input<string>;
  }>;
  /**
   * The site's own registry, if the image comes from it; it is started when it does not answer.
   * Default: the registry is not the site's own.
   */
  readonly registry?: pulumi.Input<{
    readonly host: pulumi.Input<HostAccess>;
    readonly unit: pulumi.Input<string>;
  }>;
  /**
   * Managers of the Swarm that are asked which images services use, before old ones are removed
   * from the hosts: nothing is removed while none answers. Default: only containers count.
   */
  readonly managers?: pulumi.Input<readonly pulumi.Input<HostAccess>[]>;
}

/**
 * An image on every host that may run it, so that a failover never needs the registry. A minority
 * of unreachable hosts is tolerated, and tried again at every run. The previous image is kept too,
 * for a rollback, and every image that a service names.
 */
export class ImagePull extends HiveResource {
  /** The reference by digest; resolves when the image is on the hosts. */
  declare readonly resolved: pulumi.Output<string>;
  /** Names of hosts that did not answer and so may not have the image. */
  declare readonly missing: pulumi.Output<string[]>;

  constructor(name: string, args: ImagePullArgs, opts: pulumi.CustomResourceOptions = {}) {
    super(
      {
        type: "ImagePull",
        provider: imagePullProvider,
        outputs: ["resolved", "missing", "earlier"],
        secrets: ["registryAuth"],
        folded: ["hosts", "registry", "managers"],
      },
      name,
      {
        ...args,
      },
      opts,
    );
  }
}
