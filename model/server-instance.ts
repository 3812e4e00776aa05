import type { AwsOptions } from "../fleet/aws/options";
import type { InstanceDisk, ServerInstance, VolumeDisk } from "./inventory";
import type { CloudDiskPlan, ServerInstancePlan, VolumeDiskPlan } from "./instance-plan";
import type { HostPlan, HostRole, Plan, ReplicationPlan, VolumePlan } from "./plan";
import { present } from "./values/present";
import { sizeBytes, sizeText } from "./values/size";
import { sortedRecord } from "./values/text-order";
import { wholeGiB } from "./volume/gp3";

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

/** The instance of a server: as the stage has it, or what the site made of that. */
export function instanceOf(plan: Plan, aws: AwsOptions, host: HostPlan): ServerInstancePlan {
  return (
    plan.serverInstances?.[host.logicalName] ?? planServerInstance(serverInstance(aws, host.role))
  );
}

/** The disks of a volume: as the volume says, or what the site made of that. */
export function diskOf(
  plan: Plan,
  { name }: VolumePlan,
  replication: ReplicationPlan,
): VolumeDiskPlan {
  return plan.volumeDisks?.[name] ?? planVolumeDisk(volumeDisk(replication));
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
