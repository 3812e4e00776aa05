import type { ReplicaReport, ReplicaReports } from "./replica-report";
import type { ConnectionStatus } from "./status";

/** A volume as it shall be. */
export interface WantedVolume {
  readonly name: string;
  /** Size of the filesystem's device, bytes. */
  readonly sizeBytes: number;
  /** What a disk has beyond that, for DRBD's metadata, bytes. */
  readonly metadataBytes: number;
  readonly filesystem: "ext4" | "xfs";
  /** Whether an earlier run has finished it: then it has data, wherever they are. */
  readonly isMade: boolean;
}

/** What is done next for a volume: one command, on one or several servers. */
export type VolumeStep =
  | { readonly kind: "write-file"; readonly hosts: readonly string[] }
  | { readonly kind: "create-metadata"; readonly host: string }
  | { readonly kind: "up"; readonly host: string }
  | { readonly kind: "adjust"; readonly host: string }
  /** Declares blank copies equal: once, on one server, before the first write. */
  | { readonly kind: "skip-first-sync"; readonly host: string }
  | { readonly kind: "make-filesystem"; readonly host: string }
  | { readonly kind: "resize"; readonly host: string }
  | { readonly kind: "grow-filesystem"; readonly host: string };

/** What a look at all servers of a volume leads to. */
export type VolumeDecision =
  | { readonly next: "step"; readonly step: VolumeStep }
  /** Nothing to do but to look again. */
  | { readonly next: "wait"; readonly for: string }
  /** Nothing may be done: a person decides. */
  | { readonly next: "refuse"; readonly message: string; readonly remedy: string }
  /** As wanted on all servers that answer; `missing` do not. */
  | { readonly next: "done"; readonly missing: readonly string[] };

/**
 * What is next for a volume, from a look at its servers. Each step is one command, and the look
 * after it decides anew: a run that ended between any two commands goes on where it was. Pure.
 *
 * Rules, as the module 9.3.3 behaves:
 * - Nothing is written to a disk that holds something unknown, nor are metadata made anew.
 * - Blank copies are declared equal only while no copy has ever had data, in the sight of a
 *   majority of all servers, and never for a volume that was finished before.
 * - `adjust`, never `connect`, makes connections: `connect` stops at the first that is there.
 * - `resize` is sent only when all servers are connected and all disks are large enough: else it
 *   ends with 0 and does nothing.
 */
export function nextStep(wanted: WantedVolume, reports: ReplicaReports): VolumeDecision {
  const look = lookOf(reports);
  for (const rule of rules) {
    const decision = rule(wanted, look);
    if (decision !== undefined) return decision;
  }
  return { next: "done", missing: look.missing };
}

/**
 * The server that is asked for the filesystem: the Primary, or one with the newest data while there
 * is none; undefined when that is another's, or nobody may read. Pure.
 */
export function filesystemReader(
  reports: ReplicaReports,
): { readonly host: string; readonly isPrimary: boolean } | undefined {
  const { there } = lookOf(reports);
  const holder = primary(there);
  if (holder !== undefined) return { host: holder.host, isPrimary: true };
  if (there.some(({ report }) => isPrimaryAnywhere(report))) return undefined;
  const reader = there.find(
    ({ report: { status } }) => status?.disk === "UpToDate" && status.hasQuorum,
  );
  return reader && { host: reader.host, isPrimary: false };
}

interface Answering {
  readonly host: string;
  readonly report: ReplicaReport;
}

interface Look {
  /** Number of all servers of the volume. */
  readonly total: number;
  readonly there: readonly Answering[];
  readonly missing: readonly string[];
}

type Rule = (wanted: WantedVolume, look: Look) => VolumeDecision | undefined;

const rules: readonly Rule[] = [
  refuseMinority,
  refuseDisks,
  writeFiles,
  createMetadata,
  bringUp,
  adjust,
  waitForConnections,
  skipFirstSync,
  waitForData,
  makeFilesystem,
  grow,
];

function lookOf(reports: ReplicaReports): Look {
  const all = [...reports];
  return {
    total: all.length,
    there: all.flatMap(([host, report]) => (report === undefined ? [] : [{ host, report }])),
    missing: all.flatMap(([host, report]) => (report === undefined ? [host] : [])),
  };
}

/** A minority neither knows whether its data are the newest, nor may write any. */
function refuseMinority({ name }: WantedVolume, { there, total, missing }: Look) {
  return there.length * 2 > total
    ? undefined
    : refuse(
        `${there.length} of ${total} servers of the volume ${name} answer, which are too few for it`,
        `bring back ${missing.join(" or ")}`,
      );
}

/** Before any change anywhere: every disk is there, large enough, and holds nothing else. */
function refuseDisks({ name, sizeBytes, metadataBytes }: WantedVolume, { there }: Look) {
  const needed = sizeBytes + metadataBytes;
  for (const { host, report } of there) {
    const { backing, status } = report;
    if (backing === undefined)
      return refuse(
        `${host} has no disk for the volume ${name}`,
        `attach it, or take ${host} out of the stage`,
      );
    if (backing.content.kind === "other")
      return refuse(
        `the disk of the volume ${name} on ${host} holds ${backing.content.words}`,
        `if nobody needs it, empty it there: wipefs --all <disk>. hive never does`,
      );
    if (backing.sizeBytes < needed)
      return refuse(
        `the disk of the volume ${name} on ${host} has ${backing.sizeBytes} bytes, and needs ${needed}`,
        "make it larger",
      );
    if (status !== undefined && status.sizeBytes > sizeBytes && isWhole(status.disk))
      return refuse(
        `the volume ${name} has ${status.sizeBytes} bytes, which are more than the ${sizeBytes} that are wanted`,
        "volumes do not shrink: write the larger size",
      );
  }
  return undefined;
}

function writeFiles(_: WantedVolume, { there }: Look) {
  const hosts = there.filter(({ report }) => report.file !== "same").map(({ host }) => host);
  return hosts.length === 0 ? undefined : step({ kind: "write-file", hosts });
}

function createMetadata(_: WantedVolume, { there }: Look) {
  const blank = there.find(
    ({ report: { backing, status } }) =>
      backing?.content.kind === "blank" && status?.disk !== "UpToDate",
  );
  return blank && step({ kind: "create-metadata", host: blank.host });
}

function bringUp(_: WantedVolume, { there }: Look) {
  const down = there.find(({ report }) => report.status === undefined);
  return down && step({ kind: "up", host: down.host });
}

/** Also what heals a connection that a returning server left one-sided. */
function adjust(_: WantedVolume, { there }: Look) {
  const other = there.find(
    ({ report: { isAdjusted, status } }) =>
      !isAdjusted ||
      status?.disk === "Diskless" ||
      status?.connections.some(({ connection }) => connection === "StandAlone") === true,
  );
  return other && step({ kind: "adjust", host: other.host });
}

function waitForConnections(_: WantedVolume, { there }: Look) {
  const names = there.map(({ host }) => host);
  for (const { host, report } of there) {
    const waiting = (report.status?.connections ?? []).filter(
      (peer) => names.includes(peer.name) && peer.connection !== "Connected",
    );
    const [first] = waiting;
    if (first !== undefined) return wait(`the connection of ${host} with ${first.name}`);
  }
  return undefined;
}

/**
 * Copies that nobody has written to are equal, whatever the blocks hold: a filesystem reads none
 * that it has not written.
 */
function skipFirstSync({ name, isMade }: WantedVolume, { there, missing }: Look) {
  if (there.some(({ report }) => hasData(report))) return undefined;
  if (isMade)
    return refuse(
      `no server that answers has data of the volume ${name}, which was made before`,
      missing.length === 0
        ? "restore it from a backup; hive makes it anew once it is removed from the site and put back"
        : `bring back ${missing.join(" or ")}, which may have them`,
    );
  return step({ kind: "skip-first-sync", host: first(there).host });
}

/** A copy that is only of yesterday is no base for a filesystem, or for growth. */
function waitForData({ name }: WantedVolume, { there, missing }: Look) {
  if (there.some(({ report }) => report.status?.disk === "UpToDate")) return undefined;
  return missing.length > 0
    ? refuse(
        `no server that answers has the newest data of the volume ${name}`,
        `bring back ${missing.join(" or ")}`,
      )
    : refuse(
        `no server has the newest data of the volume ${name} for certain`,
        `npx hive volume repair ${name}`,
      );
}

function makeFilesystem({ name, filesystem, isMade }: WantedVolume, { there }: Look) {
  if (there.some(({ report }) => isPrimaryAnywhere(report))) return undefined;
  const known = there.find(({ report }) => report.filesystem !== undefined);
  if (known === undefined) return undefined;
  const found = known.report.filesystem;
  if (found === undefined) return undefined;
  if (found.type === "") {
    if (isMade)
      return refuse(
        `the volume ${name} has no filesystem any more`,
        "restore it from a backup; hive makes it anew once it is removed from the site and put back",
      );
    return step({ kind: "make-filesystem", host: known.host });
  }
  if (found.type !== filesystem)
    return refuse(
      `the volume ${name} holds ${found.type}, and ${filesystem} is wanted`,
      `write filesystem: "${found.type}", or give it another name`,
    );
  if (found.fault !== undefined && !isMade)
    return refuse(
      `the ${found.type} of the volume ${name} is not whole: ${found.fault}`,
      "if its creation was interrupted, empty it there: wipefs --all on its device; else repair it with fsck",
    );
  return undefined;
}

function grow({ name, sizeBytes }: WantedVolume, { there, missing }: Look) {
  const small = there.find(({ report: { status } }) => (status?.sizeBytes ?? 0) < sizeBytes);
  if (small !== undefined) {
    if (missing.length > 0)
      return refuse(
        `the volume ${name} cannot grow while ${missing.join(" and ")} cannot be reached`,
        "bring it back first: DRBD grows a volume on all servers or not at all",
      );
    const syncing = there.find(({ report }) => report.status?.disk !== "UpToDate");
    if (syncing !== undefined) return wait(`the data of ${name} on ${syncing.host}`);
    return step({ kind: "resize", host: (primary(there) ?? first(there)).host });
  }
  const holder = there.find(({ report }) => report.filesystem !== undefined);
  const size = holder?.report.filesystem?.sizeBytes ?? sizeBytes;
  if (holder === undefined || size >= sizeBytes) return undefined;
  return step({ kind: "grow-filesystem", host: holder.host });
}

/** Whether a copy has ever had data: its disk is not just made, or one that it sees is not. */
function hasData({ status }: ReplicaReport): boolean {
  if (status === undefined) return false;
  const disks = [status.disk, ...status.connections.map(({ disk }) => disk)];
  return (
    disks.some((disk) => isWhole(disk) || disk === "Outdated") ||
    // A copy that is being written to gets them.
    status.connections.some(({ replication }) => /^(Sync|PausedSync|WFBitMap)/.test(replication))
  );
}

function isWhole(disk: string): boolean {
  return disk === "UpToDate" || disk === "Consistent";
}

function isPrimaryAnywhere({ status }: ReplicaReport): boolean {
  const isPrimary = ({ role }: Pick<ConnectionStatus, "role">): boolean => role === "Primary";
  return status !== undefined && (isPrimary(status) || status.connections.some(isPrimary));
}

function primary(there: readonly Answering[]): Answering | undefined {
  return there.find(({ report }) => report.status?.role === "Primary");
}

function first(there: readonly Answering[]): Answering {
  const [one] = there;
  if (one === undefined) throw new Error("No server of the volume answers.");
  return one;
}

function step(what: VolumeStep): VolumeDecision {
  return { next: "step", step: what };
}

function wait(what: string): VolumeDecision {
  return { next: "wait", for: what };
}

function refuse(message: string, remedy: string): VolumeDecision {
  return { next: "refuse", message, remedy };
}
