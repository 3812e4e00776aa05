import type { ResourceStatus } from "./status";

/** What lies on a disk, or on the device of DRBD above it. */
export type DiskContent =
  /** Nothing that blkid or wipefs know. */
  | { readonly kind: "blank" }
  /** Metadata of DRBD at its end. */
  | { readonly kind: "drbd" }
  /** Something else: a filesystem, a partition table, LVM, another's metadata. */
  | { readonly kind: "other"; readonly words: string };

/** What a server that answers says of a volume. */
export interface ReplicaReport {
  /** Of the disk below; undefined when the server has no such disk. */
  readonly backing?: {
    readonly sizeBytes: number;
    readonly content: DiskContent;
  };
  /** How the resource file there compares with the wanted one. */
  readonly file: "absent" | "same" | "other";
  /** As DRBD describes it; undefined when the resource is not up. */
  readonly status?: ResourceStatus;
  /** Whether the resource that is up is as the file says (`drbdadm --dry-run adjust` is empty). */
  readonly isAdjusted: boolean;
  /**
   * Filesystem on the device: read where that disturbs nobody, on the Primary and, while there is
   * none, on one UpToDate server; undefined elsewhere.
   */
  readonly filesystem?: {
    /** `ext4`, `xfs`, …; empty: none. */
    readonly type: string;
    readonly sizeBytes: number;
    /** What the check of it says is wrong; absent: nothing. */
    readonly fault?: string;
  };
}

/** The servers of a volume by name, in the order of their node ids; undefined: no answer. */
export type ReplicaReports = ReadonlyMap<string, ReplicaReport | undefined>;
