import type { FleetTraits } from "../../fleet/traits";
import type { HostPlan, ServicePlan, VolumePlan } from "../plan";
import { volumeServer } from "./volume-server";

/**
 * The name under which a server finds the disk of a volume. The disk's own name contains an id that
 * is known only when the disk exists; the set-up of the host makes this link to it.
 */
export function diskLink(volume: string): string {
  return `/dev/hive/${volume}`;
}

/** How many names a cloud has for the disks of one server. */
const attachmentNames = 100;

/**
 * The name that the cloud wants for a disk on its server, `/dev/xvdaa` to `/dev/xvddv`, from the
 * volume's minor number: it stays when other volumes come and go. Servers find disks by their ids,
 * and not by this name.
 */
export function attachmentName(minor: number): string {
  const place = minor % attachmentNames;
  const letter = (index: number): string => String.fromCharCode("a".charCodeAt(0) + index);
  return `/dev/xvd${letter(Math.floor(place / 26))}${letter(place % 26)}`;
}

/** Whether a volume needs disks of the servers. */
export function needsDisk({ replication }: VolumePlan): boolean {
  return replication !== undefined && replication.backend !== "shared";
}

/**
 * The servers with the disks that their fleet makes for volumes. While nothing mirrors a volume, it
 * is used on one server only; the disks of the others wait.
 */
export function withMadeDisks(
  hosts: readonly HostPlan[],
  volumes: readonly VolumePlan[],
  services: readonly ServicePlan[],
  { makesDisks }: Pick<FleetTraits, "makesDisks">,
): readonly HostPlan[] {
  if (makesDisks !== true) return hosts;
  const cluster = hosts.filter(({ role }) => role === "cluster");
  return hosts.map((host) => {
    const devices = volumes
      .filter(needsDisk)
      .filter(({ name }) => volumeServer(name, services, cluster)?.name === host.name)
      .map(({ name }) => [name, diskLink(name)] as const);
    return devices.length === 0 ? host : { ...host, devices: Object.fromEntries(devices) };
  });
}
