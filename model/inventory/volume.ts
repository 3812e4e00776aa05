import type { Size } from "../values/size";

/**
 * A volume of the site. Exactly one kind:
 *
 * - `{ replicated: { size: "1GiB" } }`: one set of data, mirrored on all cluster servers, that
 *   follows its task to another server and has one writer at a time;
 * - `{ local: {} }`: on each server a volume of its own;
 * - `{ nfs: { server, path } }`: a share of an NFS server;
 * - `{ driver: { name, options } }`: a volume of any other Docker volume driver;
 * - `{ external: true }`: a volume that is not the site's.
 *
 * A folder of the server needs no volume: mount it with an absolute path as `source`.
 */
export type Volume =
  | {
      /** One set of data on all cluster servers, with one writer: one service with one task. */
      readonly replicated: ReplicatedVolume;
    }
  | {
      /** On each server a volume of its own; `{}`. */
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
       * A volume that is not the site's: `true` under this name, or its name on the engines. It has
       * to be on every server that may run a service which mounts it; hive does not make, change or
       * remove it, and as with a local one, nobody watches who else writes to it.
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
   * Mount options as in fstab, e.g. `"nfsvers=4.1,hard"`. Readable like `options` of a driver: no
   * place for secrets.
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
   * Options of the driver. Whoever may list volumes on a server, services of the Swarm, or the
   * stage's state can read them: no place for passwords or other secrets.
   *
   * @default none
   */
  readonly options?: Readonly<Record<string, string>>;
}

/** Where a service sees a volume or a folder of the server. */
export interface Mount {
  /**
   * Name of a volume of the site, or an absolute path on the server (a bind mount; it must exist on
   * every server that runs the service).
   */
  readonly source: string;
  /** Absolute path in the container. */
  readonly target: string;
  /**
   * Whether the container can only read there.
   *
   * @default false
   */
  readonly readOnly?: boolean;
  /**
   * Of a folder of the server: whether what is mounted below it later is seen on the other side.
   * `rslave`: what the server mounts is seen in the container, as monitoring of file systems needs
   * it; `rshared`: in both directions; `rprivate`: in none. Without the `r`, not below mounts that
   * are there already.
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
