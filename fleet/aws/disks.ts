import type { CloudDiskPlan } from "../../model/instance-plan";
import { present } from "../../model/values/present";
import type { AwsOptions } from "./options";

/** What a disk has beside its size and type. IOPS and throughput that are absent: those of AWS. */
export function diskSettings(
  { iops, throughput }: CloudDiskPlan,
  { kmsKey }: Pick<AwsOptions, "kmsKey">,
): Pick<CloudDiskPlan, "iops" | "throughput"> & {
  readonly encrypted: true;
  readonly kmsKeyId?: string;
} {
  return {
    ...present("iops", iops),
    ...present("throughput", throughput),
    encrypted: true,
    ...present("kmsKeyId", kmsKey),
  };
}

/** Where a server finds a disk of EBS, whatever EC2 calls it. */
export function diskPath(volumeId: string): string {
  return `/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_${volumeId.replace("-", "")}`;
}
