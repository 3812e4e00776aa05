import * as ec2 from "@pulumi/aws/ec2";
import type * as pulumi from "@pulumi/pulumi";
import type { ObservedParts } from "./provider";

/** What an instance has at this moment; undefined if EC2 does not know it. */
export async function observedParts(
  instanceId: string,
  opts: pulumi.InvokeOptions,
): Promise<ObservedParts | undefined> {
  try {
    const { instanceState, publicIp, ebsBlockDevices } = await ec2.getInstance(
      { instanceId },
      { ...opts, async: true },
    );
    // EC2 tells of a terminated instance for an hour.
    if (instanceState === "terminated" || instanceState === "shutting-down") return undefined;
    return {
      state: instanceState,
      address: publicIp,
      disks: ebsBlockDevices.map(({ volumeId }) => volumeId).sort(),
    };
  } catch (error) {
    if (/no matching|not found|notfound/i.test(String(error))) return undefined;
    throw error;
  }
}
