import type * as pulumi from "@pulumi/pulumi";
import type { ConfigPlan, FilePlan, Plan } from "../model/plan";
import { SwarmConfig } from "../providers/swarm-config/resource";
import { SwarmSecret } from "../providers/swarm-secret/resource";
import type { Host } from "../fleet/fleet";
import { required } from "./required";
import { HiveComponent } from "../providers/framework/hive-component";
import { readProjectFile } from "./project-file";
import type { SiteSecrets } from "./site-secrets";

/** Arguments of {@link SwarmFiles}. */
export interface SwarmFilesArgs {
  readonly plan: Plan;
  readonly managers: readonly Host[];
  readonly secrets: SiteSecrets;
}

/** A secret or config as a service names it. */
export interface SwarmFile extends FilePlan {
  readonly id: pulumi.Output<string>;
  /** Name in the Swarm, which changes with the content. */
  readonly swarmName: pulumi.Output<string>;
}

/**
 * The secrets and configs of the site in the Swarm, where they cannot be changed: another content is another object. The new
 * one is made first, then its services are rolled, then the old one is removed.
 */
export class SwarmFiles extends HiveComponent {
  private readonly secrets = new Map<string, SwarmSecret>();
  private readonly configs = new Map<string, SwarmConfig>();

  constructor(name: string, args: SwarmFilesArgs, opts: pulumi.ComponentResourceOptions) {
    super("SwarmFiles", name, opts);
    const managers = args.managers.map((host) => host.access);
    const site = args.plan.siteName;
    const used = new Set(args.plan.services.flatMap((service) => service.secrets.map(nameOf)));
    for (const [secret, value] of args.secrets.values) {
      // A secret that only builds or initialization read has no business in the Swarm.
      if (!used.has(secret)) continue;
      this.secrets.set(
        secret,
        new SwarmSecret(
          this.child(`secret-${secret}`),
          { managers, site, name: secret, value, salt: args.secrets.salt },
          { parent: this },
        ),
      );
    }
    for (const config of args.plan.configs) {
      this.configs.set(
        config.name,
        new SwarmConfig(
          this.child(`config-${config.name}`),
          {
            managers,
            site,
            name: config.name,
            content: contentOf(config),
            template: config.template,
          },
          { parent: this },
        ),
      );
    }
    this.registerOutputs({});
  }

  /** The secrets of a service with their identity in the Swarm. */
  secretsOf(files: readonly FilePlan[]): SwarmFile[] {
    return files.map((file) => {
      const secret = required(this.secrets, file.name);
      return { ...file, id: secret.secretId, swarmName: secret.secretName };
    });
  }

  /** The configs of a service with their identity in the Swarm. */
  configsOf(files: readonly FilePlan[]): SwarmFile[] {
    return files.map((file) => {
      const config = required(this.configs, file.name);
      return { ...file, id: config.configId, swarmName: config.configName };
    });
  }
}

function nameOf({ name }: { readonly name: string }): string {
  return name;
}

function contentOf({ name, source }: ConfigPlan): string {
  return source.kind === "content"
    ? source.content
    : readProjectFile(source.file, `site/site.ts: configs.${name}.file`);
}
