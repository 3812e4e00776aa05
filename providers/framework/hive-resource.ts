import * as pulumi from "@pulumi/pulumi";
import { packed, revisionOf } from "./packed";

/** What a resource class says of itself. */
export interface HiveResourceKind {
  /** The type's last part: `SwarmService` becomes `pulumi-nodejs:dynamic/hive:SwarmService`. */
  readonly type: string;
  readonly provider: pulumi.dynamic.ResourceProvider;
  /**
   * A number that a person raises instead of the hash, for a resource whose outputs servers are
   * made of: while an update of it is previewed, the outputs count as unknown, and every server
   * would look replaced at each release. A test holds the code against it.
   */
  readonly revision?: number;
  /** Outputs that are no inputs. Default: none. */
  readonly outputs?: readonly string[];
  /**
   * Inputs that are secret, whatever the program says of them; so are the outputs of their names.
   * Default: none.
   */
  readonly secrets?: readonly string[];
}

/**
 * Base of hive's dynamic resources. Each has the input `revision`, which follows from the code that
 * runs from the state (`read` and `delete`): when that changes, an update brings the new text
 * there, and does nothing else.
 *
 * It registers what `pulumi.dynamic.Resource` does. That one would serialize each provider at every
 * start, texts that are kept as well.
 */
export abstract class HiveResource extends pulumi.CustomResource {
  constructor(
    kind: HiveResourceKind,
    name: string,
    inputs: object,
    opts: pulumi.CustomResourceOptions = {},
  ) {
    const { type, provider, outputs = [], secrets = [] } = kind;
    const given = inputs as Readonly<Record<string, unknown>>;
    const key = type.replace(/(?<!^)[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
    const hidden = secrets.filter((secret) => given[secret] !== undefined);
    super(
      `pulumi-nodejs:dynamic/hive:${type}`,
      name,
      {
        ...Object.fromEntries(outputs.map((output) => [output, undefined])),
        ...inputs,
        ...Object.fromEntries(hidden.map((secret) => [secret, pulumi.secret(given[secret])])),
        revision: kind.revision ?? revisionOf(key, provider),
        __provider: packed(key, provider),
      },
      {
        ...opts,
        additionalSecretOutputs: [...secrets, ...(opts.additionalSecretOutputs ?? [])],
      },
    );
  }
}
