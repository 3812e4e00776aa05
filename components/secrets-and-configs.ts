import type * as pulumi from "@pulumi/pulumi";
import type { ConfigPlan, FilePlan, Plan } from "../model/plan";
import { SwarmConfig } from "../providers/swarm-config/resource";
import { SwarmSecret } from "../providers/swarm-secret/resource";
import { clusterHosts, type Fleet } from "../fleet/fleet";
import { externalObjects } from "./external-object";
import { required } from "./required";
import { HiveComponent } from "../providers/framework/hive-component";
import { readProjectFile } from "./project-file";
import type { SiteSecrets } from "./site-secrets";

export interface SecretsAndConfigsArgs {
  readonly plan: Plan;
  readonly fleet: Fleet;
  readonly secrets: SiteSecrets;
}

/** Identity of a secret or config in the Swarm. */
interface FileIdentity {
  readonly id: pulumi.Output<string>;
  /** Name in the Swarm. For the site's own objects it changes with the content. */
  readonly swarmName: pulumi.Output<string>;
}

/** A secret or config as a service names it. */
export interface SecretOrConfig extends FilePlan, FileIdentity {}

/**
 * The secrets and configs of the site in the Swarm. They cannot be changed there: another content
 * is another object. The new object is created first, then its services are updated, then the old
 * object is removed.
 */
export class SecretsAndConfigs extends HiveComponent {
  private readonly secrets = new Map<string, FileIdentity>();
  private readonly configs = new Map<string, FileIdentity>();

  constructor(name: string, args: SecretsAndConfigsArgs, opts: pulumi.ComponentResourceOptions) {
    // The type that states hold.
    super("SwarmFiles", name, opts);
    const managers = clusterHosts(args.fleet).map((host) => host.access);
    const site = args.plan.siteName;
    const used = new Set(args.plan.services.flatMap((service) => service.secrets.map(nameOf)));
    for (const [secret, value] of args.secrets.values) {
      // A secret that only builds or initialization read has no business in the Swarm.
      if (!used.has(secret)) continue;
      const made = new SwarmSecret(
        this.child(`secret-${secret}`),
        { managers, site, name: secret, value, salt: args.secrets.salt },
        { parent: this },
      );
      this.secrets.set(secret, { id: made.secretId, swarmName: made.secretName });
    }
    for (const config of args.plan.configs) {
      const made = new SwarmConfig(
        this.child(`config-${config.name}`),
        {
          managers,
          site,
          name: config.name,
          content: contentOf(config),
          template: config.template,
        },
        { parent: this },
      );
      this.configs.set(config.name, { id: made.configId, swarmName: made.configName });
    }
    for (const [kind, files] of [
      ["secret", this.secrets],
      ["config", this.configs],
    ] as const) {
      const found = externalObjects(args.plan, kind, args.fleet, { parent: this }, (noun) =>
        this.child(noun),
      );
      for (const [name, { objectId, objectName }] of found)
        files.set(name, { id: objectId, swarmName: objectName });
    }
    this.registerOutputs({});
  }

  /** The secrets of a service with their identity in the Swarm. */
  secretsOf(files: readonly FilePlan[]): SecretOrConfig[] {
    return files.map((file) => ({ ...file, ...required(this.secrets, file.name) }));
  }

  /** The configs of a service with their identity in the Swarm. */
  configsOf(files: readonly FilePlan[]): SecretOrConfig[] {
    return files.map((file) => ({ ...file, ...required(this.configs, file.name) }));
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
