import type { ServicePlan } from "../plan";
import type { BindPlan, FileTarget, TmpfsPlan } from "../service-plan";

/** What a service of the Swarm takes over from the plan as it stands there. */
export type PlannedService = Omit<
  ServicePlan,
  // What concerns other services, or other resources than the service itself.
  | "dependsOn"
  | "initialize"
  | "backups"
  | "logMonitoring"
  | "standalone"
  // What the plan names, and what the Swarm wants to know by other names.
  | "image"
  | "networks"
  | "mounts"
  | "secrets"
  | "configs"
>;

/** A network of the Swarm that a service joins. */
export interface ServiceNetwork {
  /** Id in the Swarm: it changes when the network is made anew, a name would not. */
  readonly id: string;
  /** Further names under which the tasks are found there. */
  readonly aliases: readonly string[];
}

/** What a container sees at a path. */
export type ServiceMount =
  | {
      readonly kind: "volume";
      /** Name of the volume on the engines; an engine that does not have it makes it with `driver`. */
      readonly source: string;
      readonly target: string;
      readonly readOnly: boolean;
      /** Docker volume driver, e.g. `local`. */
      readonly driver: string;
      readonly driverOptions: Readonly<Record<string, string>>;
      /** Whether a new volume stays empty instead of getting what the image has at `target`. */
      readonly noCopy: boolean;
    }
  | BindPlan
  | TmpfsPlan;

/** A secret or config of the Swarm as a file in a task. */
export interface ServiceFile extends FileTarget {
  /** Id in the Swarm. */
  readonly id: string;
  /** Name in the Swarm; the engine wants both. */
  readonly name: string;
}

/**
 * A service of the Swarm in its normal form: lists whose order means nothing are in order, no default is left out. What is
 * wanted and what an engine has are compared in this form, so that a default that the engine wrote is no difference.
 */
export interface ServiceSpec extends PlannedService {
  /** The site that the service belongs to; stands in the label `hive.site`. */
  readonly site: string;
  /** Reference with a digest, so that a failover never has to ask the registry. */
  readonly image: string;
  readonly networks: readonly ServiceNetwork[];
  readonly mounts: readonly ServiceMount[];
  readonly secrets: readonly ServiceFile[];
  readonly configs: readonly ServiceFile[];
}
