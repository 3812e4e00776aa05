import type * as pulumi from "@pulumi/pulumi";
import type { ImageRelease } from "../model/image/releases";
import type { ImagePlan } from "../model/plan";
import { hashBuildContext } from "../providers/image-build/context";
import { ImageBuild } from "../providers/image-build/resource";
import { ImagePull } from "../providers/image-pull/resource";
import type { Host } from "../fleet/fleet";
import { HiveComponent } from "../providers/framework/hive-component";
import type { Registry } from "./repository-server/registry";

export interface SiteImageArgs {
  readonly image: ImagePlan;
  readonly registry: Registry;
  /**
   * Hosts that get the image before a service uses it, so that a failover never needs the registry.
   */
  readonly hosts: readonly Host[];
  /**
   * Values of the site's secrets by name; must include those that the image's build steps read.
   */
  readonly secrets: ReadonlyMap<string, pulumi.Output<string>>;
}

/**
 * An image of the site: built and pushed on the repository server, then pulled onto every cluster
 * host.
 *
 * While the repository server is unreachable, the first cluster host that answers builds the image,
 * the others copy it, and services run it by its id, which needs no registry. The first run that
 * reaches the server again pushes the image, and services get the reference by digest. Their tasks
 * are replaced once more, because the Swarm takes it for another image.
 *
 * A pinned image (`pullFrom`) is pulled instead. The build resource stays and does nothing, because
 * its deletion would remove the images of its repository from the registry, and a pin may name one
 * of them. The site's own registry is asked with the account that may pull, others without one.
 */
export class SiteImage extends HiveComponent {
  /**
   * `<repository>@sha256:…`, or the image's id while the registry is unreachable; resolves when the
   * image is on the cluster hosts.
   */
  readonly reference: pulumi.Output<string>;
  /** `sha256:…` */
  readonly digest: pulumi.Output<string>;
  /**
   * Releases that were built for this stage or promoted to it, newest first; a rollback can name
   * them.
   */
  readonly releases: pulumi.Output<ImageRelease[]>;
  /** Resolves when the image is on the cluster hosts. */
  readonly onHosts: ImagePull;

  constructor(name: string, args: SiteImageArgs, opts: pulumi.ComponentResourceOptions) {
    super("SiteImage", name, opts);
    const build = this.createBuild(args);
    const { pullFrom } = args.image;
    const fromOwnRegistry =
      pullFrom === undefined || pullFrom.startsWith(`${args.registry.address}/`);
    this.onHosts = new ImagePull(
      this.child("on-hosts"),
      {
        hosts: args.hosts.map((host) => host.access),
        incarnations: args.hosts.map((host) => host.instanceId),
        reference: pullFrom ?? build.reference,
        managers: args.hosts.map((host) => host.access),
        ...(fromOwnRegistry
          ? {
              registryAuth: args.registry.pullAccount,
              registry: { host: args.registry.host.access, unit: args.registry.unit },
            }
          : {}),
      },
      { parent: this },
    );
    this.reference = this.onHosts.resolved;
    this.digest = build.digest;
    this.releases = build.releases;
    this.registerOutputs({});
  }

  private createBuild(args: SiteImageArgs): ImageBuild {
    const { image, registry } = args;
    const buildSecrets = image.buildSecrets.map((name) => [name, secretNamed(name, args)] as const);
    return new ImageBuild(
      this.child("build"),
      {
        host: registry.host.access,
        fallbackHosts: args.hosts.map((host) => host.access),
        incarnation: registry.host.instanceId,
        contextFolder: image.context,
        contextHash: hashBuildContext(image.context),
        repository: image.repository,
        buildArguments: image.buildArguments,
        ...(image.target === undefined ? {} : { target: image.target }),
        ...(buildSecrets.length === 0 ? {} : { buildSecrets: Object.fromEntries(buildSecrets) }),
        baseImageId: registry.baseImage.imageId,
        baseImage: { ...registry.baseImageSource, digest: registry.baseImage.digest },
        labels: { "hive.site": registry.siteName },
        ...registry.update,
        push: true,
        registryAuth: registry.pushAccount,
        registryUnit: registry.unit,
        ...(image.pullFrom === undefined ? {} : { pullFrom: image.pullFrom }),
        managers: args.hosts.map((host) => host.access),
      },
      { parent: this, dependsOn: [registry.running, registry.baseImage] },
    );
  }
}

function secretNamed(name: string, { image, secrets }: SiteImageArgs): pulumi.Output<string> {
  const value = secrets.get(name);
  if (value !== undefined) return value;
  throw new Error(
    `The image ${image.name} reads the secret ${name}, which the plan does not have.`,
  );
}
