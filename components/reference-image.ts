import type * as pulumi from "@pulumi/pulumi";
import { ImagePull } from "../providers/image-pull/resource";
import type { Host } from "../fleet/fleet";
import { HiveComponent } from "../providers/framework/hive-component";

export interface ReferenceImageArgs {
  /**
   * The reference as services name it: `<repository>@sha256:…`, or `<repository>:<tag>`. The
   * registry is asked without an account.
   */
  readonly reference: string;
  /**
   * Hosts that get the image before a service uses it, so that a failover never needs the registry.
   */
  readonly hosts: readonly Host[];
}

/**
 * An image that somebody else built, on every cluster host.
 *
 * The first run resolves a tag to its digest and deploys that digest: every host runs the same
 * bytes. When somebody moves the tag in its registry, neither a refresh nor `up` notices. Write
 * another reference to get another image.
 */
export class ReferenceImage extends HiveComponent {
  /** `<repository>@sha256:…`; resolves when the image is on the cluster hosts. */
  readonly reference: pulumi.Output<string>;
  /** Resolves when the image is on the cluster hosts. */
  readonly onHosts: ImagePull;

  constructor(name: string, args: ReferenceImageArgs, opts: pulumi.ComponentResourceOptions) {
    super("ReferenceImage", name, opts);
    this.onHosts = new ImagePull(
      this.child("on-hosts"),
      {
        hosts: args.hosts.map((host) => host.access),
        incarnations: args.hosts.map((host) => host.instanceId),
        reference: args.reference,
        managers: args.hosts.map((host) => host.access),
      },
      { parent: this },
    );
    this.reference = this.onHosts.resolved;
    this.registerOutputs({});
  }
}
