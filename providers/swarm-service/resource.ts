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
   * Site that the service belongs to. An existing service of this name is adopted if it belongs to
   * this site, else refused.
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
   * Names of the site's servers in `hosts`. If only this list changes, no task is replaced.
   * Default: none.
   */
  readonly servers?: pulumi.Input<readonly string[]>;
  /** Networks of the Swarm, by id. */
  readonly networks: pulumi.Input<readonly pulumi.Input<InputsOf<ServiceNetwork>>[]>;
  /** Volumes by their name on the Docker Engines, folders of the host, file systems in memory. */
  readonly mounts: pulumi.Input<readonly pulumi.Input<ServiceMount>[]>;
  /** Secrets of the Swarm, by id and name. */
  readonly secrets: pulumi.Input<readonly pulumi.Input<InputsOf<ServiceFile>>[]>;
  /** Configs of the Swarm, by id and name. */
  readonly configs: pulumi.Input<readonly pulumi.Input<InputsOf<ServiceFile>>[]>;
  /**
   * How long the service may take to converge, or a one-time job to end, seconds.
   * Default 120.
   */
  readonly convergeDeadlineSeconds?: pulumi.Input<number>;
}

/**
 * A running service of the Swarm: creating and updating end when it has converged, or fail with the
 * output of the failed task. The Swarm rolls back a bad update.
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
        folded: ["managers"],
      },
      name,
      {
        ...args,
      },
      opts,
    );
  }
}
