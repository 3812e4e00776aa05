import type { PortPlan } from "../plan";
import type { ServiceMount, ServiceSpec } from "./spec";

/** What of a service only one can hold. */
type Claims = Pick<ServiceSpec, "ports" | "mounts">;

/**
 * Whether a service and the one that replaces it cannot be there at the same time: they publish the same port, or write to
 * the same volume. Then the old one must be gone before the new one is made.
 */
export function excludeEachOther(one: Claims, other: Claims): boolean {
  const ports = new Set(one.ports.map(portKey));
  const volumes = new Set(one.mounts.map(volumeKey));
  volumes.delete(undefined);
  return (
    other.ports.some((port) => ports.has(portKey(port))) ||
    other.mounts.some((mount) => volumes.has(volumeKey(mount)))
  );
}

function portKey({ published, protocol }: PortPlan): string {
  return `${published}/${protocol}`;
}

/** A volume or folder that is written to. */
function volumeKey(mount: ServiceMount): string | undefined {
  return mount.kind === "tmpfs" || mount.readOnly ? undefined : mount.source;
}
