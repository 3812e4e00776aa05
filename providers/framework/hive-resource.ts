import * as pulumi from "@pulumi/pulumi";
import { packed, revisionOf } from "./packed";

/** The description of a resource class. */
export interface HiveResourceKind {
  /** The type's last part: `SwarmService` becomes `pulumi-nodejs:dynamic/hive:SwarmService`. */
  readonly type: string;
  readonly provider: pulumi.dynamic.ResourceProvider;
  /**
   * A number that a person raises, in place of the hash. It is for a resource whose outputs servers
   * depend on: while Pulumi previews an update of it, the outputs count as unknown, and every
   * server would look replaced at each release. A test compares the code with it.
   */
  readonly revision?: number;
  /** Outputs that are not inputs. Default: none. */
  readonly outputs?: readonly string[];
  /**
   * Inputs that are always secret, whatever the program declares; so are the outputs of the same
   * names. Default: none.
   */
  readonly secrets?: readonly string[];
  /**
   * Inputs that nobody reads in a preview: scripts, and how hosts are reached, which many resources
   * have. They are not secret, but marked as if they were: then the engine prints `[secret]` in one
   * line in their place, and everything with `--show-secrets` (decision 53). Default: none.
   */
  readonly folded?: readonly string[];
}

/**
 * Base of hive's dynamic resources. Each has the input `revision`, a hash of the code that runs
 * from the state (`read` and `delete`). When that code changes, an update stores the new text in
 * the state, and does nothing else.
 *
 * It registers the same as `pulumi.dynamic.Resource`. That class would serialize each provider at
 * every start, even those whose text is cached.
 */
export abstract class HiveResource extends pulumi.CustomResource {
  constructor(
    kind: HiveResourceKind,
    name: string,
    inputs: object,
    opts: pulumi.CustomResourceOptions = {},
  ) {
    const { type, provider, outputs = [], secrets = [], folded = [] } = kind;
    const marked = [...secrets, ...folded];
    const given = inputs as Readonly<Record<string, unknown>>;
    const key = type.replace(/(?<!^)[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
    const hidden = marked.filter((secret) => given[secret] !== undefined);
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
        // Where one of them differs, the preview says no more than that. The code of a new release
        // is of this kind too.
        hideDiffs: ["__provider", ...folded, ...(opts.hideDiffs ?? [])],
        additionalSecretOutputs: [...marked, ...(opts.additionalSecretOutputs ?? [])],
      },
    );
  }
}
