import * as pulumi from "@pulumi/pulumi";

import type { HealthcheckPlan, PortPlan, ServiceMode } from "../../model/plan";
import type { ServiceUpdatePolicy } from "../../model/service-spec";
import type { HostAccess } from "../transport/host-access";
import { packed } from "../packed";
import { swarmServiceProvider } from "./provider";

/** Arguments of {@link SwarmService}. */
export interface SwarmServiceArgs {
  /** Hosts that are managers; any that is healthy is asked. */
  readonly managers: pulumi.Input<readonly pulumi.Input<HostAccess>[]>;
  /** Site that the service belongs to. A service of the same name is adopted if it belongs to this site, else refused. */
  readonly site: pulumi.Input<string>;
  /** Name in the Swarm. Changing it replaces the service. */
  readonly name: pulumi.Input<string>;
  /** Image reference with a digest. */
  readonly image: pulumi.Input<string>;
  /** Account with which the hosts pull the image; treated as secret. Default: none. */
  readonly registryAuth?: pulumi.Input<{
    readonly username: pulumi.Input<string>;
    readonly password: pulumi.Input<string>;
  }>;
  /** Changing between `global` and `replicated` replaces the service. Default: one task. */
  readonly mode?: pulumi.Input<ServiceMode>;
  /** Can be read by whoever may list services: no place for secrets. Default: none. */
  readonly environment?: pulumi.Input<Readonly<Record<string, pulumi.Input<string>>>>;
  /** Default: none. */
  readonly ports?: pulumi.Input<readonly PortPlan[]>;
  /** Container host name; Swarm templates are allowed. Default: the container's id. */
  readonly hostname?: pulumi.Input<string>;
  /** Default: none. */
  readonly labels?: pulumi.Input<Readonly<Record<string, string>>>;
  /** Default: the image's own. */
  readonly healthcheck?: pulumi.Input<HealthcheckPlan>;
  /** Default 10. */
  readonly stopGracePeriodSeconds?: pulumi.Input<number>;
  /** Time before a task that ended is started again. Default 1. */
  readonly restartDelaySeconds?: pulumi.Input<number>;
  /** How a change is rolled out. Default: `stop-first` if ports of the host are published, else `start-first`; one by one; watched for 2 s. */
  readonly update?: pulumi.Input<Partial<ServiceUpdatePolicy>>;
  /** How long the service may take to run as wanted, seconds. Default 120. */
  readonly convergeDeadlineSeconds?: pulumi.Input<number>;
}

/** Bumped when code that runs from the state (`read`, `delete`) changes, so that the new text gets there. */
const REVISION = 1;

/**
 * A service of the Swarm that runs: creating and updating end when its tasks do what is wanted, or fail with the failing
 * task's own words. A bad update is rolled back by the Swarm.
 */
export class SwarmService extends pulumi.dynamic.Resource {
  declare readonly serviceId: pulumi.Output<string>;
  declare readonly name: pulumi.Output<string>;
  /** The image that runs. */
  declare readonly image: pulumi.Output<string>;

  constructor(name: string, args: SwarmServiceArgs, opts: pulumi.CustomResourceOptions = {}) {
    const { registryAuth, ...rest } = args;
    super(
      packed(swarmServiceProvider),
      name,
      {
        serviceId: undefined,
        complete: undefined,
        ...rest,
        ...(registryAuth === undefined ? {} : { registryAuth: pulumi.secret(registryAuth) }),
        revision: REVISION,
      },
      {
        ...opts,
        additionalSecretOutputs: ["registryAuth", ...(opts.additionalSecretOutputs ?? [])],
      },
      "hive",
      "SwarmService",
    );
  }
}
