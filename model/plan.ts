import type { AwsOptions } from "../fleet/aws/options";
import type { ContainerOptions } from "../fleet/container/options";
import type { PreparedOptions } from "../fleet/prepared/options";
import type { FleetKind, FleetTraits, VolumeBackend } from "../fleet/traits";
import type { GatePlan } from "./gate";
import type { Phase } from "./phases";
import type { ServerContainerPlan } from "./server-container";
import type { ServerInstancePlan, VolumeDiskPlan } from "./instance-plan";
import type { ServicePlan } from "./service-plan";
import type { StageName } from "./values/names";

export type * from "./service-plan";
export type { StageName } from "./values/names";

/**
 * A server's role: `cluster` hosts run containers; the `repository` host stores images, monitors
 * and takes backups.
 */
export type HostRole = "cluster" | "repository";

/**
 * Everything that a run builds, as plain data: the only input of components. It contains every
 * decision. `npx hive plan` prints it.
 */
export interface Plan {
  readonly stage: StageName;
  readonly fleet: FleetKind;
  /**
   * The properties of this kind of fleet: outside of `fleet/`, decisions depend on nothing else
   * about it.
   */
  readonly traits: FleetTraits;
  /** The site's name; the DNS suffix of every host, e.g. `hive.example`. */
  readonly siteName: string;
  readonly network: NetworkPlan;
  /**
   * All servers in the order of their indices, which are their identity. The repository server has
   * the index 3.
   */
  readonly hosts: readonly HostPlan[];
  readonly ssh: SshPlan;
  readonly swarm: SwarmPlan;
  readonly registry: RegistryPlan;
  /**
   * Version of the keys that hive makes for itself: of the site's authority, of the registry's
   * certificate, and the registry's passwords. 1 or more; another one makes new keys.
   */
  readonly keyVersion: number;
  /**
   * When updates were last asked for (`hive:updated`), a day or a second in UTC, ISO 8601. Another
   * value ends the pins of base images, rebuilds images and server containers, and upgrades the
   * packages of servers. Absent: never.
   */
  readonly updated?: string;
  /** Images that the site builds, by name in alphabetical order. */
  readonly images: readonly ImagePlan[];
  /** Networks of the Swarm that services of this stage use, by name in alphabetical order. */
  readonly overlays: readonly OverlayPlan[];
  /** Volumes that services of this stage use, by name in alphabetical order. */
  readonly volumes: readonly VolumePlan[];
  /**
   * Secrets that services or images of this stage use, by name in alphabetical order. Never their
   * values.
   */
  readonly secrets: readonly SecretPlan[];
  /** Configs that services of this stage use, by name in alphabetical order. */
  readonly configs: readonly ConfigPlan[];
  /**
   * External objects that services of this stage use: networks, volumes, secrets, then configs,
   * each by name. None of them is in the lists above.
   */
  readonly externals: readonly ExternalPlan[];
  /** Services that this stage runs, by name in alphabetical order. */
  readonly services: readonly ServicePlan[];
  /** The site's gate, which is among the services as well. Absent: no service has routes. */
  readonly gate?: GatePlan;
  /**
   * The values that the site declares with `stageValues`, on this stage: by name in alphabetical
   * order. They are filled in everywhere else.
   */
  readonly values: readonly ValuePlan[];
  /**
   * Requests of the site that this stage cannot fulfil, one sentence each: reported at every
   * preview, never ignored silently.
   */
  readonly notices: readonly string[];
  /**
   * Logical names of servers whose first contact uses a password of the stage
   * (`hive:oneTimePasswords`). Absent: none.
   */
  readonly oneTimePasswords?: readonly string[];
  /** The phases that this run goes through, in order. */
  readonly phases: readonly Phase[];
  /**
   * Servers of the `container` fleet that the site's transform changes, by logical name. Absent:
   * none.
   */
  readonly serverContainers?: Readonly<Record<string, ServerContainerPlan>>;
  /**
   * Servers of the `aws` fleet whose instances the site's transform changes, by logical name.
   * Absent: none.
   */
  readonly serverInstances?: Readonly<Record<string, ServerInstancePlan>>;
  /** Volumes whose disks in AWS the site's transform changes, by name. Absent: none. */
  readonly volumeDisks?: Readonly<Record<string, VolumeDiskPlan>>;
  /** Options of the `container` fleet; absent on other fleets. */
  readonly container?: ContainerOptions;
  /** Options of the `prepared` fleet; absent on other fleets. */
  readonly prepared?: PreparedOptions;
  /** Options of the `aws` fleet; absent on other fleets. */
  readonly aws?: AwsOptions;
}

/** The network that joins the servers. */
export interface NetworkPlan {
  /** e.g. `172.29.16.0/24`. */
  readonly cidr: string;
  /** First usable address of the CIDR. */
  readonly gateway: string;
  /** The part of each zone, in the order of `hive:zones`. Absent: the network is one. */
  readonly subnets?: readonly SubnetPlan[];
  /**
   * Pool from which the Swarm takes the networks of services, a /24 each; e.g. `10.224.0.0/12`.
   * Fixed when the Swarm is created.
   */
  readonly overlayPool: string;
}

/** The part of the stage's network that is in one zone. */
export interface SubnetPlan {
  readonly zone: string;
  readonly cidr: string;
}

/** One server. */
export interface HostPlan {
  /** 3 is the repository server, on every stage; cluster hosts have 0, 1, 2, 4, 5 … */
  readonly index: number;
  /** Fully qualified, e.g. `p-hive0.hive.example`. Also the name of the Swarm node. */
  readonly name: string;
  /** Stable logical name in the resource tree, without stage or site: `hive0`. */
  readonly logicalName: string;
  readonly role: HostRole;
  /** Availability zone (container fleet: a label only). */
  readonly zone: string;
  /** Fixed private address inside the network's CIDR. */
  readonly privateAddress: string;
  /**
   * Labels of its node from the stage (`hive:labels`), by name; without hive's own labels.
   */
  readonly labels: Readonly<Record<string, string>>;
  /**
   * Further addresses that are known in advance, such as its public one.
   * Absent: none.
   */
  readonly otherAddresses?: readonly string[];
  /** Its block devices for replicated volumes, by the volumes' names. Absent: none. */
  readonly devices?: Readonly<Record<string, string>>;
  /** Port of its SSH daemon, if it is not the stage's. */
  readonly sshPort?: number;
}

/** Settings of the SSH access for management. */
export interface SshPlan {
  /** The one admin user; root cannot log in. */
  readonly user: string;
  readonly port: number;
  /** Operators who may log in as this user. Empty: the fleet generates a key for the stage. */
  readonly operators: readonly OperatorPlan[];
}

/** A person who may log in on the servers. */
export interface OperatorPlan {
  /** The comment after the key in the servers' list of keys. */
  readonly name: string;
  /** `ssh-ed25519 AAAA…`, without a comment. */
  readonly publicKey: string;
}

/** Cluster-wide Swarm settings. */
export interface SwarmPlan {
  /**
   * Dispatcher heartbeat, seconds. Default 2: a lost non-leader is noticed in 4–7 s instead of
   * 11–15 s.
   */
  readonly heartbeatSeconds: number;
  /** Finished tasks kept per slot. */
  readonly taskHistoryLimit: number;
}

/** The site's private image registry on the repository server. */
export interface RegistryPlan {
  /**
   * Name that every host resolves to the repository server's private address:
   * `registry.<siteName>`.
   */
  readonly name: string;
  readonly port: number;
  /** `<name>:<port>`, the prefix of every image reference. */
  readonly address: string;
}

/** An image that the site builds. */
export interface ImagePlan {
  readonly name: string;
  /** Folder with the Dockerfile, relative to the project's root. */
  readonly context: string;
  /** `<registry address>/<name>`. */
  readonly repository: string;
  readonly buildArguments: Readonly<Record<string, string>>;
  /** Last stage of the Dockerfile to build; absent: the last one in the file. */
  readonly target?: string;
  /** Names of secrets that build steps may read. */
  readonly buildSecrets: readonly string[];
  /**
   * The finished image, `<registry>/<name>@sha256:…`, that this stage uses instead of building one.
   */
  readonly pullFrom?: string;
}

/** A network of the Swarm. */
export interface OverlayPlan {
  /** Name in the site. */
  readonly name: string;
  /**
   * Name in the Swarm: the same, except for `default`, which Docker reserves; it is named
   * `hive_default`.
   */
  readonly swarmName: string;
  readonly driver: string;
  readonly driverOptions: Readonly<Record<string, string>>;
  /** Absent: the Swarm chooses. */
  readonly subnet?: string;
  readonly gateway?: string;
  readonly attachable: boolean;
  readonly internal: boolean;
}

/** A volume on the Docker Engine of every cluster host. */
export interface VolumePlan {
  /** Name in the site and on the Docker Engines. */
  readonly name: string;
  readonly kind: "replicated" | "local" | "nfs" | "driver";
  /** Docker volume driver. For `replicated` on a `shared` stage `hive-shared`; else `local`. */
  readonly driver: string;
  readonly driverOptions: Readonly<Record<string, string>>;
  /** Present for `replicated`. */
  readonly replication?: ReplicationPlan;
}

/** How a volume is mirrored. */
export interface ReplicationPlan {
  /**
   * `drbd`: on disks of the hosts. `shared`: a stand-in for a stage on one computer: one folder
   * that all host containers see; a lock allows one writer at a time. `local`: on one server, to
   * which its services are bound.
   */
  readonly backend: VolumeBackend;
  readonly sizeBytes: number;
  readonly filesystem: "ext4" | "xfs";
  /** Operations per second of the disks that the fleet makes. Absent: the cloud's default. */
  readonly iops?: number;
  /** MiB/s of these disks. Absent: the cloud's default. */
  readonly throughput?: number;
  /** DRBD minor number; follows from the name. */
  readonly minor: number;
  /** TCP port of the replication; follows from the name. */
  readonly port: number;
}

/** A secret of the site; a plan never contains its value. */
export interface SecretPlan {
  readonly name: string;
  readonly source:
    | { readonly kind: "generated"; readonly length: number; readonly version: number }
    /** Key of `hive:secrets` in the stage's configuration: the secret's name. */
    | { readonly kind: "stage" };
}

/** An external object, which hive looks up and leaves alone. */
export interface ExternalPlan {
  readonly kind: "network" | "volume" | "secret" | "config";
  /** Name in the site. */
  readonly name: string;
  /** Name in the Swarm; for a volume, its name on the Docker Engines. */
  readonly externalName: string;
  /**
   * For a volume: names of the servers that need it, because they may run a service that mounts it.
   */
  readonly hosts?: readonly string[];
}

/** A value of the stage. */
export interface ValuePlan {
  readonly name: string;
  readonly type: "string" | "number" | "boolean" | "list";
  readonly content: string | number | boolean | readonly string[];
  /** `stage`: from `hive:values` of the stage's configuration. `default`: from the site. */
  readonly source: "stage" | "default";
  readonly description: string;
}

/** A config of the site. */
export interface ConfigPlan {
  readonly name: string;
  readonly source:
    | { readonly kind: "file"; /** Relative to the project's root. */ readonly file: string }
    | { readonly kind: "content"; readonly content: string };
  readonly template: boolean;
}
