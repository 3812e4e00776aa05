import type { HostPlan, Plan } from "../model/plan";
import type { ConvergeStep } from "./converge";
import { quote } from "./shell";
import type { ConvergePackage } from "./systems";

/** `mkfs` commands that ask no questions. */
const makers = { ext4: "mkfs.ext4 -q", xfs: "mkfs.xfs -q" } as const;
const packages = { ext4: "e2fsprogs", xfs: "xfsprogs" } as const;

/**
 * The part of a converge step that creates file systems on the devices of volumes. Only an empty
 * device gets one: content is never overwritten.
 */
export function volumeDevices(
  plan: Plan,
  host: HostPlan,
): { readonly packages: readonly ConvergePackage[] } & Required<Pick<ConvergeStep, "keeps">> {
  const mine = plan.volumes.flatMap(({ name, driverOptions, replication }) => {
    const device = host.devices?.[name];
    const isUsed = replication?.backend === "local" && driverOptions["device"] === device;
    return device !== undefined && isUsed ? [{ name, device, type: replication.filesystem }] : [];
  });
  return {
    packages: mine.map(({ type }) => ({ name: packages[type] })),
    keeps: mine.map(({ name, device, type }) => ({
      what: `the file system of the volume ${name} on ${device}`,
      holds: `[ "$(blkid --probe --match-tag TYPE --output value ${quote(device)})" = ${type} ]`,
      make: `
[ -b ${quote(device)} ] || { echo "${device} is not a block device; correct devices of ${host.logicalName} in the stage's file"; exit 1; }
status=0
found=$(blkid --probe ${quote(device)}) || status=$?
[ "$status" -eq 2 ] && [ -z "$found" ] || {
  echo "${device} has content, but is not a ${type} file system; hive does not overwrite it. If the content is not needed, run there: wipefs --all ${device}. Found: $found"
  exit 1
}
${makers[type]} ${quote(device)}
`.trim(),
    })),
  };
}
