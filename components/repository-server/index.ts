import type * as pulumi from "@pulumi/pulumi";
import { HiveComponent } from "../../providers/framework/hive-component";
import type { RepositoryServerArgs } from "./args";
import { Registry } from "./registry";

/**
 * The extra server beside the cluster. It holds the registry; the hive keeps serving when it is
 * lost.
 */
export class RepositoryServer extends HiveComponent {
  readonly registry: Registry;

  constructor(name: string, args: RepositoryServerArgs, opts: pulumi.ComponentResourceOptions) {
    super("RepositoryServer", name, opts);
    this.registry = new Registry(this.child("registry"), args, { parent: this });
    this.registerOutputs({});
  }
}
