import type * as pulumi from "@pulumi/pulumi";

import type {
  PlannedService,
  ServiceFile,
  ServiceMount,
  ServiceNetwork,
} from "../../model/service/spec";
import type { HostAccess } from "../transport/host-access";
import { HiveResource } from "../framework/hive-resource";
import { swarmServiceProvider } from "./provider";

/** A plain type whose fields another resource may yield. */
type InputsOf<T> = { readonly [Key in keyof T]: pulumi.Input<T[Key]> };

/**
 * The fields of the planned service, and what only other resources know. Only
 * `convergeDeadlineSeconds` has a default here: the plan sets all others.
 */
export interface SwarmServiceArgs extends InputsOf<PlannedService> {
  /** Hosts that are managers; any that is healthy is asked. */
  readonly managers: pulumi.Input<readonly pulumi.Input<HostAccess>[]>;
  /**
   * Site that the service belongs to. A service of the same name is adopted if it belongs to this
   * site, else refused.
   */
  readonly site: pulumi.Input<string>;
  /** Image reference with a digest. */
  readonly image: pulumi.Input<string>;
  /** Account with which the hosts pull the image; treated as secret. Default: none. */
  readonly registryAuth?: pulumi.Input<{
    readonly username: pulumi.Input<string>;
    readonly password: pulumi.Input<string>;
  }>;
  /** Names of the services that run together with this one. Default: none. */
  readonly partners?: pulumi.Input<readonly string[]>;
  /**
   * Names of the site's servers that `hosts` has. A change of nothing but which there are replaces
   * no task. Default: none.
   */
  readonly servers?: pulumi.Input<readonly string[]>;
  /** Networks of the Swarm, by id. */
  readonly networks: pulumi.Input<readonly pulumi.Input<InputsOf<ServiceNetwork>>[]>;
  /** Volumes by their name on the engines, folders of the host, file systems in memory. */
  readonly mounts: pulumi.Input<readonly pulumi.Input<ServiceMount>[]>;
  /** Secrets of the Swarm, by id and name. */
  readonly secrets: pulumi.Input<readonly pulumi.Input<InputsOf<ServiceFile>>[]>;
  /** Configs of the Swarm, by id and name. */
  readonly configs: pulumi.Input<readonly pulumi.Input<InputsOf<ServiceFile>>[]>;
  /**
   * How long the service may take to run as wanted, or a job that runs once to end, seconds.
   * Default 120.
   */
  readonly convergeDeadlineSeconds?: pulumi.Input<number>;
}

/**
 * A service of the Swarm that runs: creating and updating end when its tasks do what is wanted, or
 * fail with the failing task's own words. A bad update is rolled back by the Swarm.
 *
 * Changing `name`, or the kind of `mode`, replaces the service; everything else is changed in
 * place.
 */
export class SwarmService extends HiveResource {
  declare readonly serviceId: pulumi.Output<string>;
  declare readonly name: pulumi.Output<string>;
  /** The image that runs. */
  declare readonly image: pulumi.Output<string>;

  constructor(name: string, args: SwarmServiceArgs, opts: pulumi.CustomResourceOptions = {}) {
    super(
      {
        type: "SwarmService",
        provider: swarmServiceProvider,
        outputs: ["serviceId", "complete"],
        secrets: ["registryAuth"],
      },
      name,
      {
        ...args,
      },
      opts,
    );
  }
}
