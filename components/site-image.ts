import type * as pulumi from "@pulumi/pulumi";
import type { ImagePlan } from "../model/plan";
import { hashBuildContext } from "../providers/image-build/context";
import { ImageBuild } from "../providers/image-build/resource";
import { ImagePull } from "../providers/image-pull/resource";
import type { Host } from "./fleet/fleet";
import { HiveComponent } from "./hive-component";
import type { Registry } from "./repository-server/registry";

/** Arguments of {@link SiteImage}. */
export interface SiteImageArgs {
  readonly image: ImagePlan;
  readonly registry: Registry;
  /** Where the image must be before a service uses it, so that a failover never needs the registry. */
  readonly hosts: readonly Host[];
  /** Values of the site's secrets by name; those that the image's build steps read must be among them. */
  readonly secrets: ReadonlyMap<string, pulumi.Output<string>>;
}

/** An image of the site: built and pushed on the repository server, then pulled onto every cluster host. */
export class SiteImage extends HiveComponent {
  /** `<repository>@sha256:…`; resolves when the image is on the cluster hosts. */
  readonly reference: pulumi.Output<string>;
  /** `sha256:…` */
  readonly digest: pulumi.Output<string>;
  /** Resolves when the image is on the cluster hosts. */
  readonly onHosts: ImagePull;

  constructor(name: string, args: SiteImageArgs, opts: pulumi.ComponentResourceOptions) {
    super("SiteImage", name, opts);
    const { image, registry } = args;
    const build = new ImageBuild(
      this.child("build"),
      {
        host: registry.host.access,
        incarnation: registry.host.incarnation,
        contextFolder: image.context,
        contextHash: hashBuildContext(image.context),
        repository: image.repository,
        buildArguments: image.buildArguments,
        baseImageId: registry.baseImage.imageId,
        labels: { "hive.site": registry.siteName },
        push: true,
        registryAuth: registry.pushAccount,
      },
      { parent: this, dependsOn: [registry.running, registry.baseImage] },
    );
    this.onHosts = new ImagePull(
      this.child("on-hosts"),
      {
        hosts: args.hosts.map((host) => host.access),
        incarnations: args.hosts.map((host) => host.incarnation),
        reference: build.reference,
        registryAuth: registry.pullAccount,
      },
      { parent: this },
    );
    this.reference = this.onHosts.resolved;
    this.digest = build.digest;
    this.registerOutputs({});
  }
}
