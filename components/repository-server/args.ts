import type * as pulumi from "@pulumi/pulumi";
import type { Host } from "../../fleet/fleet";
import type { Plan } from "../../model/plan";
import type { HostSetup } from "../host-setup";
import type { SiteAuthority } from "../site-authority";

export interface RepositoryServerArgs {
  readonly plan: Plan;
  readonly host: Host;
  readonly setup: HostSetup;
  readonly authority: SiteAuthority;
  /** The steps after which every host trusts the authority. */
  readonly trust: readonly pulumi.Resource[];
}
