import * as pulumi from "@pulumi/pulumi";

/**
 * Base of the project's components. It keeps one rule: a child's logical name is its parent's name,
 * or begins with it and a dash. So names are unique, and a resource's name shows its parent.
 *
 * @throws Error at registration when a child breaks the rule.
 */
export abstract class HiveComponent extends pulumi.ComponentResource {
  /** The logical name, for building the children's names. */
  protected readonly logicalName: string;

  /** @param type - the type's last part: `SwarmCluster` becomes `hive:index:SwarmCluster`. */
  constructor(type: string, name: string, opts: pulumi.ComponentResourceOptions = {}) {
    super(
      `hive:index:${type}`,
      name,
      {},
      {
        ...opts,
        transformations: [...(opts.transformations ?? []), (child) => requirePrefix(name, child)],
      },
    );
    this.logicalName = name;
  }

  /** A child's logical name: `<name>-<noun>`. */
  protected child(noun: string): string {
    return `${this.logicalName}-${noun}`;
  }
}

/** The rule as a transformation; it changes nothing. */
function requirePrefix(parent: string, child: pulumi.ResourceTransformationArgs): undefined {
  if (child.name !== parent && !child.name.startsWith(`${parent}-`)) {
    throw new Error(
      `The resource ${child.name} (${child.type}) must be named ${parent}-<noun>, as a child of ${parent}.`,
    );
  }
  return undefined;
}
