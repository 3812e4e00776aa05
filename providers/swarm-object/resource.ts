import type * as pulumi from "@pulumi/pulumi";

import type { HostAccess } from "../transport/host-access";

/** Common arguments of secrets and configs of the Swarm. */
export interface SwarmObjectArgs {
  /** Hosts that are managers; any that is healthy is asked. */
  readonly managers: pulumi.Input<readonly pulumi.Input<HostAccess>[]>;
  /** Site that the object belongs to; stands in the label `hive.site`. */
  readonly site: pulumi.Input<string>;
  /** Name in the site, up to 55 characters; stands in the label `hive.name`. */
  readonly name: pulumi.Input<string>;
}
