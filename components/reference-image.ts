import type * as pulumi from "@pulumi/pulumi";
import { ImagePull } from "../providers/image-pull/resource";
import type { Host } from "../fleet/fleet";
import { HiveComponent } from "../providers/framework/hive-component";

/** Arguments of {@link ReferenceImage}. */
export interface ReferenceImageArgs {
  /**
   * What services name: `<repository>@sha256:…`, or `<repository>:<tag>`. Its registry is asked
   * without account.
   */
  readonly reference: string;
  /**
   * Where the image must be before a service uses it, so that a failover never needs the registry.
   */
  readonly hosts: readonly Host[];
}

/**
 * An image that somebody else has built, on every cluster host.
 *
 * A tag is turned into the digest that it means at the first run, and that digest is deployed:
 * every host runs the same bytes. When the tag is moved in its registry, neither a refresh nor `up`
 * notices; write another reference to get another image.
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
