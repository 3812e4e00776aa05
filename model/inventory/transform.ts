import type { StageName } from "../values/names";
import type { Size } from "../values/size";
import type { Service } from "./service";
import type { Dns, Logging, Ulimit } from "./tasks";

/**
 * Functions that change what hive is about to make: a rule for all services, or what the inventory
 * does not reach. They are called while the plan is made, so that `hive plan`, previews, runs, the
 * search for drift and promotion all see what they return. It is checked like what is written in
 * `site/`.
 *
 * They are pure: plain data in, plain data out, at once, and the same for the same argument. Not a
 * promise, not an `Output` of Pulumi, nothing from the clock, chance or the environment; else each
 * run finds a change.
 */
export interface Transform {
  /**
   * Changes a service, as it stands in the inventory with the values of the stage filled in. It is
   * called for each service that the stage runs, with a copy; what is left out has its default
   * afterwards. It may change every field but `availableOn`.
   *
   * @default services are as they are written
   */
  readonly service?: (service: Service, context: ServiceTransformContext) => Service;
  /**
   * Changes the container of a server of the `container` fleet, that of the private stage. It is
   * called for each server; other fleets do not ask it. A changed container is another one: servers
   * that exist are replaced, one at a time.
   *
   * @default servers are as hive makes them
   */
  readonly server?: (server: ServerContainer, context: ServerTransformContext) => ServerContainer;
  /**
   * Changes the instance of a server of the `aws` fleet. It is called for each server; other fleets
   * do not ask it. No change replaces a server: another type stops and starts it.
   *
   * @default instances are as the stage says
   */
  readonly instance?: (instance: ServerInstance, context: ServerTransformContext) => ServerInstance;
  /**
   * Changes the disks that the `aws` fleet makes for a replicated volume. It is called for each
   * such volume, and not for each server: copies of one volume have disks that are alike.
   *
   * @default disks are as the volume says
   */
  readonly disk?: (disk: VolumeDisk, context: DiskTransformContext) => VolumeDisk;
}

/** What a transform of a service knows beside the service. */
export interface ServiceTransformContext {
  /** The stage that is planned. */
  readonly stage: StageName;
  /** Name of the service. */
  readonly name: string;
}

/** What a transform of a server knows beside its container. */
export interface ServerTransformContext {
  /** The stage that is planned. */
  readonly stage: StageName;
  /** Logical name of the server, e.g. `hive0`. */
  readonly name: string;
  /** `cluster` servers run services, the `repository` server holds images. */
  readonly role: "cluster" | "repository";
}

/** What a transform of disks knows beside them. */
export interface DiskTransformContext {
  /** The stage that is planned. */
  readonly stage: StageName;
  /** Name of the volume. */
  readonly name: string;
}

/**
 * What may be changed of an instance. Its image, addresses, zone, security groups, user data, role
 * and encryption are hive's, or options of the stage.
 */
export interface ServerInstance {
  /** Instance type, e.g. `t3.medium`. */
  readonly type: string;
  /** The system disk. It can grow, and never shrinks. */
  readonly rootDisk: InstanceDisk;
  /** Tags of the instance and its system disk, besides those of hive and of the stage. */
  readonly tags: Readonly<Record<string, string>>;
}

/** A disk of an instance: EBS, of the type gp3. */
export interface InstanceDisk {
  /** Size, rounded up to whole GiB. */
  readonly size: Size;
  /**
   * Operations per second, 3000–80000, and at most 500 for each GiB.
   *
   * @default that of AWS, 3000
   */
  readonly iops?: number;
  /**
   * Throughput in MiB/s, 125–2000, and at most a quarter of the operations per second.
   *
   * @default that of AWS, 125
   */
  readonly throughput?: number;
}

/** What may be changed of the disks of a volume. Their zone and encryption are hive's. */
export interface VolumeDisk extends InstanceDisk {
  /** Tags, besides those of hive and of the stage. */
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * What may be changed of a server that is a container of this computer. Its name, image, addresses,
 * ports, volumes and capabilities are hive's.
 */
export interface ServerContainer {
  /**
   * Labels of the container. Those that begin with `hive.` are there already; by them hive knows
   * its own, and they stay as they are.
   */
  readonly labels: Readonly<Record<string, string>>;
  /**
   * Options of file systems in memory, by path. `/run` and `/tmp` are there already, and systemd
   * needs them.
   */
  readonly tmpfs: Readonly<Record<string, string>>;
  /**
   * Most memory that the server may use, at least 512 MiB.
   *
   * @default no limit
   */
  readonly memory?: Size;
  /**
   * Most processors that the server may use, e.g. 1.5.
   *
   * @default no limit
   */
  readonly cpus?: number;
  /**
   * Size of `/dev/shm`.
   *
   * @default that of the engine, 64 MiB
   */
  readonly sharedMemory?: Size;
  /**
   * Devices of this computer that the server sees.
   *
   * @default none
   */
  readonly devices?: readonly ServerDevice[];
  /**
   * Folders or files of this computer that the server sees.
   *
   * @default none
   */
  readonly mounts?: readonly ServerMount[];
  /**
   * Environment of the server's first process.
   *
   * @default none
   */
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * Kernel settings of the server's own namespaces.
   *
   * @default those of the engine
   */
  readonly sysctls?: Readonly<Record<string, string>>;
  /**
   * Limits of the server's processes, by name. Higher ones than those of this computer need a right
   * that some computers do not give.
   *
   * @default those of the engine
   */
  readonly ulimits?: Readonly<Record<string, Ulimit>>;
  /**
   * Where the output of the server's first process goes.
   *
   * @default the default of the engine
   */
  readonly logging?: Logging;
  /**
   * Name servers of the server.
   *
   * @default those of the engine
   */
  readonly dns?: Dns;
}

/** A device of this computer in a server that is a container. */
export interface ServerDevice {
  /** Path on this computer, e.g. `/dev/fuse`. */
  readonly source: string;
  /**
   * Path in the server.
   *
   * @default the same path
   */
  readonly target?: string;
  /**
   * What the server may do with it: some of `r` (read), `w` (write) and `m` (make).
   *
   * @default "rwm"
   */
  readonly permissions?: string;
}

/** A folder or file of this computer in a server that is a container. */
export interface ServerMount {
  /** Path on this computer. */
  readonly source: string;
  /** Path in the server. */
  readonly target: string;
  /**
   * Whether the server may only read it.
   *
   * @default false
   */
  readonly readOnly?: boolean;
}
