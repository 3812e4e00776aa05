import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { SecretPlan } from "../model/plan";
import { HiveComponent } from "../providers/framework/hive-component";

export interface SiteSecretsArgs {
  readonly secrets: readonly SecretPlan[];
  /** `hive:secrets` of the stage: the operator's own values by name. Secret. */
  readonly stageSecrets: pulumi.Output<Readonly<Record<string, string>>>;
}

/**
 * The values of the site's secrets. They are in the encrypted state, and nowhere else until a task
 * or a build step asks for one.
 *
 * Creates: a random text for each generated secret, and a key for the hashes that show whether a
 * secret changed. Because they are keyed, these hashes reveal nothing about a weak password.
 */
export class SiteSecrets extends HiveComponent {
  /** By name; all of them secret. */
  readonly values: ReadonlyMap<string, pulumi.Output<string>>;
  /** Key of all hashes of secrets. */
  readonly salt: pulumi.Output<string>;

  constructor(name: string, args: SiteSecretsArgs, opts: pulumi.ComponentResourceOptions) {
    super("SiteSecrets", name, opts);
    this.salt = pulumi.secret(
      new random.RandomPassword(
        this.child("salt"),
        { length: 48, special: false },
        { parent: this },
      ).result,
    );
    this.values = new Map(
      args.secrets.map((secret) => [secret.name, this.read(secret, args.stageSecrets)]),
    );
    this.registerOutputs({});
  }

  private read(
    { name, source }: SecretPlan,
    stageSecrets: SiteSecretsArgs["stageSecrets"],
  ): pulumi.Output<string> {
    if (source.kind === "stage") {
      // The plan has made sure that it is there.
      return pulumi.secret(stageSecrets.apply((values) => values[name] ?? ""));
    }
    const generated = new random.RandomPassword(
      this.child(`value-${name}`),
      {
        length: source.length,
        special: false,
        keepers: { version: String(source.version) },
      },
      { parent: this },
    );
    return pulumi.secret(generated.result);
  }
}

/**
 * The value of a secret that the inventory reads.
 *
 * @param path - its reader in the inventory, for the error.
 * @throws Error when the plan does not have it: an empty one must not be used.
 */
export function secretNamed(
  name: string,
  path: string,
  values: SiteSecrets["values"],
): pulumi.Output<string> {
  const value = values.get(name);
  if (value !== undefined) return value;
  throw new Error(`${path} reads the secret ${name}, which the plan does not have.`);
}
