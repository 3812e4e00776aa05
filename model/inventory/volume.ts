import type { Size } from "../values/size";

/**
 * A volume of the site. Exactly one kind:
 *
 * - `{ replicated: { size: "1GiB" } }`: one set of data, mirrored on all cluster servers, that
 *   follows its task to another server and has one writer at a time;
 * - `{ local: {} }`: a separate volume on each server;
 * - `{ nfs: { server, path } }`: a share of an NFS server;
 * - `{ driver: { name, options } }`: a volume of any other Docker volume driver;
 * - `{ external: true }`: a volume that somebody else manages.
 *
 * A folder of the server needs no volume: mount it with an absolute path as `source`.
 */
export type Volume =
  | {
      /** One set of data on all cluster servers, with one writer: one service with one task. */
      readonly replicated: ReplicatedVolume;
    }
  | {
      /** A separate volume on each server; `{}`. */
      readonly local: Readonly<Record<string, never>>;
    }
  | {
      /** A share of an NFS server. */
      readonly nfs: NfsVolume;
    }
  | {
      /** A volume of any other Docker volume driver. */
      readonly driver: DriverVolume;
    }
  | {
      /**
       * An external volume, which somebody else manages: `true` for the same name, or its name on
       * the servers. Every server that may run a service with this volume needs it. hive does not
       * create, change or remove it and, as with a local volume, does not control who else writes
       * to it.
       */
      readonly external: true | string;
    };

/** A volume that is mirrored on all cluster servers. */
export interface ReplicatedVolume {
  /**
   * Usable size, e.g. `"1GiB"`. It can grow later, never shrink. At least 64MiB for ext4, 300MiB
   * for xfs (which mkfs.xfs refuses below).
   */
  readonly size: Size;
  /**
   * File system.
   *
   * @default "ext4"
   */
  readonly filesystem?: "ext4" | "xfs";
  /**
   * Operations per second of the disk that hive makes for the volume in AWS, 3000–80000, and at
   * most 500 for each GiB. Each one above 3000 costs extra. Other fleets make no disk.
   *
   * @default that of AWS, 3000
   */
  readonly iops?: number;
  /**
   * Throughput of that disk in MiB/s, 125–2000, and at most a quarter of its operations per second.
   * Each one above 125 costs extra.
   *
   * @default that of AWS, 125
   */
  readonly throughput?: number;
  /**
   * DRBD minor number, 1000–1048575.
   *
   * @default computed from the volume's name, so it never changes
   */
  readonly minor?: number;
  /**
   * TCP port of the replication, 20000–28191.
   *
   * @default computed from the volume's name, so it never changes
   */
  readonly port?: number;
}

/** A share of an NFS server. */
export interface NfsVolume {
  /** Name or address. */
  readonly server: string;
  /** Exported folder, absolute. */
  readonly path: string;
  /**
   * Mount options as in fstab, e.g. `"nfsvers=4.1,hard"`. Readable like `options` of a driver: they
   * must not contain secrets.
   *
   * @default "nfsvers=4,hard,timeo=600,retrans=2"
   */
  readonly options?: string;
}

/** A volume of any Docker volume driver. */
export interface DriverVolume {
  /** Name of the driver, which must be installed on every cluster server. */
  readonly name: string;
  /**
   * Options of the driver. Everybody who may list volumes on a server or services of the Swarm, or
   * read the stage's state, can read them: they must not contain passwords or other secrets.
   *
   * @default none
   */
  readonly options?: Readonly<Record<string, string>>;
}

/** The path at which a service sees a volume or a folder of the server. */
export interface Mount {
  /**
   * Name of a volume of the site, or an absolute path on the server (a bind mount; it must exist on
   * every server that runs the service).
   */
  readonly source: string;
  /** Absolute path in the container. */
  readonly target: string;
  /**
   * Whether the container can only read it.
   *
   * @default false
   */
  readonly readOnly?: boolean;
  /**
   * For a folder of the server: whether later mounts below it are visible on the other side.
   * `rslave`: the container sees the server's mounts, as monitoring of file systems needs it;
   * `rshared`: both directions; `rprivate`: none. Without the `r`, not below existing mounts.
   *
   * @default "rprivate"
   */
  readonly propagation?: "rprivate" | "private" | "rshared" | "shared" | "rslave" | "slave";
}

/** A file system in memory. */
export interface Tmpfs {
  /** Absolute path in the container. */
  readonly target: string;
  /**
   * Upper limit of its size.
   *
   * @default half of the server's memory
   */
  readonly size?: Size;
  /**
   * Mode of its root folder, octal, e.g. `"1777"`.
   *
   * @default "1777"
   */
  readonly mode?: string;
}
