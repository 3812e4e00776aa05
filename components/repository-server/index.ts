import type * as pulumi from "@pulumi/pulumi";
import type { Plan } from "../../model/plan";
import type { Host } from "../../fleet/fleet";
import { HiveComponent } from "../../providers/framework/hive-component";
import type { HostSetup } from "../host-setup";
import type { SiteAuthority } from "../site-authority";
import { Registry } from "./registry";

/** Arguments of {@link RepositoryServer}. */
export interface RepositoryServerArgs {
  readonly plan: Plan;
  readonly host: Host;
  readonly setup: HostSetup;
  readonly authority: SiteAuthority;
}

/** The extra server beside the cluster. It holds the registry; the hive keeps serving when it is lost. */
export class RepositoryServer extends HiveComponent {
  readonly registry: Registry;

  constructor(name: string, args: RepositoryServerArgs, opts: pulumi.ComponentResourceOptions) {
    super("RepositoryServer", name, opts);
    this.registry = new Registry(this.child("registry"), args, { parent: this });
    this.registerOutputs({});
  }
}
