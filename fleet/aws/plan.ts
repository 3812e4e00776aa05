import type { HostPlan, Plan, SubnetPlan, VolumePlan } from "../../model/plan";
import { attachmentName, needsDisk } from "../../model/planning/made-disks";
import type { CloudDiskPlan, VolumeDiskPlan } from "../../model/instance-plan";
import { diskOf, instanceOf } from "../../model/server-instance";
import type { AwsOptions } from "./options";
import { regionOf } from "./region";
import { type IngressRule, ingressRules } from "./security-rules";

/** Everything that is made in AWS, as plain data. */
export interface AwsFleetPlan {
  readonly region: string;
  /** In the order of the stage's zones. */
  readonly subnets: readonly SubnetPlan[];
  /** In index order. */
  readonly servers: readonly ServerPlan[];
  readonly rules: readonly IngressRule[];
  /** Whether servers, addresses and disks are protected. */
  readonly protect: boolean;
  readonly options: AwsOptions;
}

/** One server as an EC2 instance. */
export interface ServerPlan {
  readonly host: HostPlan;
  readonly instanceType: string;
  /** The system disk. */
  readonly root: CloudDiskPlan;
  /** Tags of the instance and its system disk that the site adds. */
  readonly tags: Readonly<Record<string, string>>;
  /** Its disks, one for each replicated volume, by the volumes' names in alphabetical order. */
  readonly disks: readonly DiskPlan[];
  /** Allocation id of an address that the account has already. Absent: one is allocated. */
  readonly addressId?: string;
}

/** The disk of a volume on one server. */
export interface DiskPlan extends VolumeDiskPlan {
  readonly volume: string;
  /**
   * Name that EC2 wants for the attachment. Servers find the disk by its id, and not by this name.
   */
  readonly deviceName: string;
}

/**
 * Plans what is made in AWS. Pure.
 *
 * @throws Error when the plan is not of this fleet, which validation excludes
 */
export function planAwsFleet(plan: Plan): AwsFleetPlan {
  const { aws } = plan;
  const { subnets = [] } = plan.network;
  const region = aws?.region ?? regionOf(subnets.map(({ zone }) => zone));
  if (aws === undefined || region === undefined)
    throw new Error("The plan is not one of an aws fleet that can be built.");
  return {
    region,
    subnets,
    servers: plan.hosts.map((host) => planServer(plan, aws, host)),
    rules: ingressRules(plan),
    protect: aws.protect ?? plan.stage === "production",
    options: aws,
  };
}

function planServer(plan: Plan, aws: AwsOptions, host: HostPlan): ServerPlan {
  const address = aws.elasticIps[host.logicalName];
  const { type, rootDisk, tags } = instanceOf(plan, aws, host);
  return {
    host,
    instanceType: type,
    root: rootDisk,
    tags,
    disks: host.role === "cluster" ? plan.volumes.flatMap((volume) => planDisk(plan, volume)) : [],
    ...(address === undefined ? {} : { addressId: address }),
  };
}

function planDisk(plan: Plan, volume: VolumePlan): readonly DiskPlan[] {
  const { name, replication } = volume;
  if (replication === undefined || !needsDisk(volume)) return [];
  return [
    {
      volume: name,
      ...diskOf(plan, volume, replication),
      deviceName: attachmentName(replication.minor),
    },
  ];
}
