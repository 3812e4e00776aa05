import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { Plan } from "../../model/plan";
import { BaseImage } from "../../providers/base-image/resource";
import type { BaseImageSource } from "../../providers/image-build/image-build-state";
import { hashBuildContext } from "../../providers/image-build/context";
import { HostStep } from "../../providers/host-step/resource";
import { ImageBuild } from "../../providers/image-build/resource";
import { registryStep, registrySecretInput, registryUnit } from "../../render/registry";
import type { Host } from "../../fleet/fleet";
import { HiveComponent } from "../../providers/framework/hive-component";
import type { RepositoryServerArgs } from "./args";

/** Credentials for the registry; the password is secret. */
export interface RegistryAccount {
  readonly username: string;
  readonly password: pulumi.Output<string>;
}

const imageContext = "platform/images/registry";

/**
 * The site's private image registry.
 *
 * Creates: the base image on the host, the registry's own image (built there, never pushed), a
 * certificate, two accounts (`push` may do everything, `pull` only read), and the converge step
 * that installs and starts it.
 */
export class Registry extends HiveComponent {
  readonly pushAccount: RegistryAccount;
  readonly pullAccount: RegistryAccount;
  /** Resolves when the registry answers; resources that push or pull depend on it. */
  readonly running: HostStep;
  /** The host that holds the registry and builds images. */
  readonly host: Host;
  /** The image that every build starts from, on the build host. */
  readonly baseImage: BaseImage;
  /** How another host gets that image. */
  readonly baseImageSource: BaseImageSource;
  /** `<name>:<port>`, the beginning of its images' references. */
  readonly address: string;
  /** End of the certificate's validity, ISO 8601 in UTC. */
  readonly certificateEnd: pulumi.Output<string>;
  /** Its systemd unit on the host. */
  readonly unit = registryUnit;
  /** Name of the site whose images it holds. */
  readonly siteName: string;
  /** The plan's time of the last update, as an input of resources; nothing when there was none. */
  readonly update: { readonly updated?: string };
  private readonly plan: Plan;

  constructor(name: string, args: RepositoryServerArgs, opts: pulumi.ComponentResourceOptions) {
    super("Registry", name, opts);
    this.plan = args.plan;
    this.siteName = args.plan.siteName;
    this.update = args.plan.updated === undefined ? {} : { updated: args.plan.updated };
    this.address = args.plan.registry.address;
    this.host = args.host;

    this.baseImageSource = {
      reference: "debian:trixie-slim",
      // Servers that are containers on this computer get the image from it: no download, and it
      // works without a network.
      seedFromLocalEngine: args.plan.traits.baseImages === "local",
    };
    this.baseImage = this.createBaseImage(args.setup.engine);
    const image = this.createImage();
    const certificate = args.authority.issue(
      this.child("certificate"),
      { dnsNames: [args.plan.registry.name], ipAddresses: [args.host.plan.privateAddress] },
      this,
    );
    this.certificateEnd = certificate.notAfter;
    this.pushAccount = this.createAccount("push");
    this.pullAccount = this.createAccount("pull");
    this.running = new HostStep(
      this.child("running"),
      {
        host: this.host.access,
        incarnation: this.host.instanceId,
        step: "registry",
        meaning: { registry: this.address, image: image.imageId },
        script: image.imageId.apply((imageId) => registryStep(this.plan, imageId)),
        input: pulumi
          .all([
            certificate.certificatePem,
            certificate.privateKeyPem,
            this.pushAccount.password,
            this.pullAccount.password,
          ])
          .apply(([certificatePem, privateKeyPem, push, pull]) =>
            registrySecretInput({ certificatePem, privateKeyPem, push, pull }),
          ),
      },
      { parent: this, dependsOn: [args.setup.engine, ...this.trustBefore(args)] },
    );

    this.registerOutputs({});
  }

  /**
   * What comes before the registry's certificate. With the first key of the authority nobody trusts
   * another one, and the registry, on which all builds wait, waits for no other host.
   */
  private trustBefore({ plan, trust }: RepositoryServerArgs): readonly pulumi.Resource[] {
    return plan.keyVersion === 1 ? [] : trust;
  }

  private createBaseImage(engine: pulumi.Resource): BaseImage {
    return new BaseImage(
      this.child("base-image"),
      {
        host: this.host.access,
        incarnation: this.host.instanceId,
        ...this.baseImageSource,
        ...this.update,
      },
      { parent: this, dependsOn: [engine] },
    );
  }

  private createImage(): ImageBuild {
    return new ImageBuild(
      this.child("image"),
      {
        host: this.host.access,
        incarnation: this.host.instanceId,
        contextFolder: imageContext,
        contextHash: hashBuildContext(imageContext),
        repository: "hive/registry",
        baseImageId: this.baseImage.imageId,
        labels: { "hive.site": this.plan.siteName },
        ...this.update,
        push: false,
      },
      { parent: this, dependsOn: [this.baseImage] },
    );
  }

  private createAccount(username: "push" | "pull"): RegistryAccount {
    const version = this.plan.keyVersion;
    const password = new random.RandomPassword(
      this.child(`${username}-password`),
      {
        length: 32,
        special: false,
        // Another keeper makes another password. Those of the first version never had one.
        ...(version === 1 ? {} : { keepers: { version: String(version) } }),
      },
      { parent: this },
    );
    return { username, password: password.result };
  }
}
