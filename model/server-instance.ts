import type { AwsOptions } from "../fleet/aws/options";
import type { InstanceDisk, ServerInstance, VolumeDisk } from "./inventory";
import type { HostRole, ReplicationPlan } from "./plan";
import { present } from "./values/present";
import { sizeBytes, sizeText } from "./values/size";
import { sortedRecord } from "./values/text-order";
import { wholeGiB } from "./volume/gp3";

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

/** The instance of a server as the stage has it, in the words of the inventory. */
export function serverInstance(
  { instanceTypes, rootDisks }: Pick<AwsOptions, "instanceTypes" | "rootDisks">,
  role: HostRole,
): ServerInstance {
  return { type: instanceTypes[role], rootDisk: { size: rootDisks[role] }, tags: {} };
}

/** The disks of a volume as the volume says, in the words of the inventory. */
export function volumeDisk({ sizeBytes: bytes, iops, throughput }: ReplicationPlan): VolumeDisk {
  const size = sizeText(wholeGiB(bytes) * 2 ** 30) as VolumeDisk["size"];
  return { size, ...present("iops", iops), ...present("throughput", throughput), tags: {} };
}

/** The plan of an instance whose form is right. */
export function planServerInstance({ type, rootDisk, tags }: ServerInstance): ServerInstancePlan {
  return { type, rootDisk: planDisk(rootDisk), tags: sortedRecord(tags) };
}

/** The plan of disks whose form is right. */
export function planVolumeDisk(disk: VolumeDisk): VolumeDiskPlan {
  return { ...planDisk(disk), tags: sortedRecord(disk.tags) };
}

function planDisk({ size, iops, throughput }: InstanceDisk): CloudDiskPlan {
  return {
    sizeGiB: wholeGiB(sizeBytes(size) ?? 0),
    ...present("iops", iops),
    ...present("throughput", throughput),
  };
}
