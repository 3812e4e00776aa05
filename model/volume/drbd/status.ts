/** State of a copy's disk, as DRBD names it (drbdsetup-9.0, "Disk states"). */
export type DiskState =
  | "Diskless"
  | "Attaching"
  | "Detaching"
  | "Failed"
  | "Negotiating"
  | "Inconsistent"
  | "Outdated"
  | "DUnknown"
  | "Consistent"
  | "UpToDate";

/** A connection of a server's resource to one of the others. */
export interface ConnectionStatus {
  readonly nodeId: number;
  /** The other server, as `uname -n` prints it there. */
  readonly name: string;
  /** `StandAlone`, `Connecting`, `Connected`, …: drbdsetup-9.0, "Connection states". */
  readonly connection: string;
  readonly role: string;
  /** `Off`, `Established`, `SyncSource`, `SyncTarget`, `VerifyS`, …: "Replication states". */
  readonly replication: string;
  /** State of the disk there, as known here. */
  readonly disk: DiskState;
  /** What differs between the two copies, as known here, bytes. */
  readonly outOfSyncBytes: number;
  /** Percent that is done of a resync or verify that runs; undefined when none runs. */
  readonly donePercent?: number;
  /** Seconds that a resync or verify still takes; undefined when DRBD does not say. */
  readonly secondsLeft?: number;
}

/** A resource on one server, as `drbdsetup status <name> --json --statistics` describes it. */
export interface ResourceStatus {
  readonly name: string;
  readonly nodeId: number;
  /** `Primary`, `Secondary` or `Unknown`. */
  readonly role: string;
  readonly disk: DiskState;
  readonly hasQuorum: boolean;
  /** Size of the device, bytes; 0 without a disk of its own or of a connected peer. */
  readonly sizeBytes: number;
  readonly connections: readonly ConnectionStatus[];
}

/**
 * Reads what `drbdsetup status <name> --json --statistics` prints. Keys that newer versions add are
 * no matter (drbd-utils 9.34 adds `open`, `tls` and `paths`).
 *
 * @param text standard output; without a resource it is an empty array
 * @returns undefined when the resource is not up there
 * @throws Error when it is no such text
 */
export function readStatus(text: string): ResourceStatus | undefined {
  const [resource] = JSON.parse(text) as readonly Printed[];
  if (resource === undefined) return undefined;
  const [device] = resource.devices;
  return {
    name: resource.name,
    nodeId: resource["node-id"],
    role: resource.role,
    disk: device?.["disk-state"] ?? "Diskless",
    hasQuorum: device?.quorum ?? false,
    sizeBytes: (device?.size ?? 0) * 1024,
    connections: resource.connections.map(connectionOf),
  };
}

function connectionOf(printed: PrintedConnection): ConnectionStatus {
  const [device] = printed.peer_devices;
  const progress = device === undefined ? {} : progressOf(device);
  return {
    nodeId: printed["peer-node-id"],
    name: printed.name,
    connection: printed["connection-state"],
    role: printed["peer-role"],
    replication: device?.["replication-state"] ?? "Off",
    disk: device?.["peer-disk-state"] ?? "DUnknown",
    outOfSyncBytes: (device?.["out-of-sync"] ?? 0) * 1024,
    ...progress,
  };
}

/** What a resync or verify says of itself; nothing where none runs. */
function progressOf(
  device: PrintedPeerDevice,
): Pick<ConnectionStatus, "donePercent" | "secondsLeft"> {
  const seconds = device["estimated-seconds-to-finish"] ?? unknownSeconds;
  const left = seconds < unknownSeconds ? { secondsLeft: seconds } : {};
  if (device["has-online-verify-details"] === true) {
    const { "rs-total": total = 0, "ov-left": rest = total } = device;
    return { donePercent: total === 0 ? 0 : (100 * (total - rest)) / total, ...left };
  }
  if (device["has-sync-details"] !== true) return {};
  return { donePercent: device["percent-resync-done"] ?? 0, ...left };
}

/** What DRBD 9.3 prints while it cannot tell yet: 987654321. */
const unknownSeconds = 900_000_000;

/** The keys that are read, as drbdsetup names them. Sizes are in KiB. */
interface Printed {
  readonly name: string;
  readonly "node-id": number;
  readonly role: string;
  readonly devices: readonly {
    readonly "disk-state": DiskState;
    readonly quorum: boolean;
    readonly size?: number;
  }[];
  readonly connections: readonly PrintedConnection[];
}

interface PrintedConnection {
  readonly "peer-node-id": number;
  readonly name: string;
  readonly "connection-state": string;
  readonly "peer-role": string;
  readonly peer_devices: readonly PrintedPeerDevice[];
}

interface PrintedPeerDevice {
  readonly "replication-state": string;
  readonly "peer-disk-state": DiskState;
  readonly "out-of-sync"?: number;
  readonly "has-sync-details"?: boolean;
  readonly "has-online-verify-details"?: boolean;
  readonly "percent-resync-done"?: number;
  readonly "rs-total"?: number;
  readonly "ov-left"?: number;
  readonly "estimated-seconds-to-finish"?: number;
}
