/** A disk of a cloud, as plain data. */
export interface CloudDiskPlan {
  /** EBS takes whole GiB. */
  readonly sizeGiB: number;
  /** Operations per second. Absent: the cloud's default. */
  readonly iops?: number;
  /** MiB/s. Absent: the cloud's default. */
  readonly throughput?: number;
}

/** What the site may change of an instance. */
export interface ServerInstancePlan {
  readonly type: string;
  readonly rootDisk: CloudDiskPlan;
  /** Besides those of hive and of the stage. */
  readonly tags: Readonly<Record<string, string>>;
}

/** What the site may change of the disks of a volume. */
export interface VolumeDiskPlan extends CloudDiskPlan {
  /** Besides those of hive and of the stage. */
  readonly tags: Readonly<Record<string, string>>;
}
