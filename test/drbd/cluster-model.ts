import type { VolumeStep } from "../../model/volume/drbd/next-step";
import type { ReplicaReport, ReplicaReports } from "../../model/volume/drbd/replica-report";
import type { ConnectionStatus, DiskState, ResourceStatus } from "../../model/volume/drbd/status";

const mebi = 1024 * 1024;

/** What metadata take, bytes; the figure is of no matter. */
export const metadataBytes = 4 * mebi;

/** What a copy holds. */
interface Copy {
  /** Number of the newest acknowledged write that it has. */
  writes: number;
  filesystem: string;
  filesystemBytes: number;
  /** Whether it has ever been equal to all data; a copy that was just made has none. */
  isData: boolean;
}

interface Host {
  readonly name: string;
  readonly nodeId: number;
  answers: boolean;
  diskBytes: number;
  content: "blank" | "drbd" | "other";
  file: "absent" | "same" | "other";
  isUp: boolean;
  /** Of its resource's connections, those to servers that are up: whether they are configured. */
  isAdjusted: boolean;
  isPrimary: boolean;
  copy: Copy;
}

/**
 * Servers with a volume on DRBD, as far as the order of commands is concerned: which command does
 * what in which state, as the recordings of the module 9.3.3 show. A resync is instant; there are
 * no cuts between servers that run. Not the stand-in for the kernel (`rehearsal/drbd/`).
 */
export class ClusterModel {
  readonly hosts: readonly Host[];
  /** Number of the newest write that somebody was told is done: an application, mkfs, resize2fs. */
  acknowledged = 0;
  /** How often a filesystem was made. */
  made = 0;
  private sizeBytes = 0;

  constructor(names: readonly string[], diskBytes: number) {
    this.hosts = names.map((name, nodeId) => ({
      ...blankHost(diskBytes),
      name,
      nodeId,
    }));
  }

  /** What a look at all servers says. */
  reports(): ReplicaReports {
    return new Map(
      this.hosts.map((host) => [host.name, host.answers ? this.report(host) : undefined]),
    );
  }

  /** Does a step. @throws Error where the real command fails, or must never have been sent */
  run(step: VolumeStep): void {
    if (step.kind === "write-file") {
      for (const name of step.hosts) {
        const host = this.at(name);
        host.isAdjusted = host.file === "absent" && !host.isUp;
        host.file = "same";
      }
      return;
    }
    const host = this.at(step.host);
    switch (step.kind) {
      case "create-metadata":
        if (host.content !== "blank") throw new Error(`create-md over ${host.content}`);
        host.content = "drbd";
        host.copy = emptyCopy();
        return;
      case "up":
        if (host.isUp) throw new Error("up twice");
        if (host.content !== "drbd") throw new Error("no valid meta data found");
        this.bringUp(host);
        return;
      case "adjust":
        host.isAdjusted = true;
        this.settle();
        return;
      case "skip-first-sync":
        for (const one of this.connectedWith(host)) {
          if (one.copy.isData) throw new Error("copies with data were declared equal");
          one.copy.isData = true;
        }
        this.sizeBytes = this.possibleBytes();
        return;
      case "make-filesystem":
        this.requireWritable(host);
        this.made++;
        this.write(host, { filesystem: "ext4", filesystemBytes: this.sizeBytes });
        return;
      case "resize":
        // It ends with 0 and does nothing while a server is away.
        if (this.connectedWith(host).length === this.hosts.length)
          this.sizeBytes = this.possibleBytes();
        return;
      case "grow-filesystem":
        this.requireWritable(host);
        this.write(host, { filesystemBytes: this.sizeBytes });
    }
  }

  /** An application writes, where the volume can be written. */
  application(): void {
    const host = this.hosts.find((one) => this.isWritable(one) && one.copy.filesystem !== "");
    if (host === undefined) return;
    this.write(host, {});
  }

  /** A server is lost, with all that it did not write down. */
  lose(index: number): void {
    const host = this.host(index);
    host.answers = false;
    host.isUp = false;
    host.isPrimary = false;
  }

  /** It comes back; a unit brings up what it has a file for. */
  bringBack(index: number): void {
    const host = this.host(index);
    if (host.answers) return;
    host.answers = true;
    if (host.file !== "absent" && host.content === "drbd") this.bringUp(host);
  }

  /** It is replaced by an empty one. Not where its copy is the only one with all data. */
  replace(index: number): boolean {
    const host = this.host(index);
    const others = this.hosts.filter((one) => one !== host && this.isWhole(one));
    if (this.isWhole(host) && others.length === 0 && this.acknowledged > 0) return false;
    Object.assign(host, blankHost(host.diskBytes));
    return true;
  }

  growDisks(diskBytes: number): void {
    for (const host of this.hosts) host.diskBytes = Math.max(host.diskBytes, diskBytes);
  }

  isWhole({ content, copy }: Host): boolean {
    return content === "drbd" && copy.isData && copy.writes === this.acknowledged;
  }

  host(index: number): Host {
    const host = this.hosts[index % this.hosts.length];
    if (host === undefined) throw new Error("There is no such server.");
    return host;
  }

  private at(name: string): Host {
    const host = this.hosts.find((one) => one.name === name && one.answers);
    if (host === undefined) throw new Error(`${name} does not answer`);
    return host;
  }

  private bringUp(host: Host): void {
    host.isUp = true;
    host.isAdjusted = host.file === "same";
    this.settle();
  }

  /** Connected servers become equal: who has more wins. */
  private settle(): void {
    const up = this.hosts.filter(({ isUp, isAdjusted }) => isUp && isAdjusted);
    const [best] = up
      .filter(({ copy }) => copy.isData)
      .sort((left, right) => right.copy.writes - left.copy.writes);
    if (best === undefined) return;
    // Two stale copies do not know that they are: their quorum knows. A majority has the newest.
    if (best.copy.writes < this.acknowledged) return;
    for (const host of up) host.copy = { ...best.copy };
  }

  private connectedWith(host: Host): readonly Host[] {
    return this.hosts.filter(
      (one) => one === host || (one.isUp && one.isAdjusted && host.isUp && host.isAdjusted),
    );
  }

  private isWritable(host: Host): boolean {
    const connected = this.connectedWith(host);
    return (
      host.isUp &&
      connected.length * 2 > this.hosts.length &&
      this.diskOf(host) === "UpToDate" &&
      host.copy.writes === this.acknowledged
    );
  }

  private requireWritable(host: Host): void {
    if (!this.isWritable(host)) throw new Error("the volume cannot be written there");
  }

  private write(host: Host, change: Partial<Copy>): void {
    this.acknowledged++;
    for (const one of this.connectedWith(host))
      Object.assign(one.copy, change, { writes: this.acknowledged });
  }

  private possibleBytes(): number {
    return Math.min(...this.hosts.map(({ diskBytes }) => diskBytes)) - metadataBytes;
  }

  private diskOf(host: Host): DiskState {
    if (!host.isUp || host.content !== "drbd") return "Diskless";
    if (!host.copy.isData) return "Inconsistent";
    return host.copy.writes === this.acknowledged ? "UpToDate" : "Outdated";
  }

  private report(host: Host): ReplicaReport {
    const { content, diskBytes, file, isUp, isAdjusted } = host;
    const reader = this.hosts.find((one) => this.isWritable(one) && one.answers);
    const { filesystem: type, filesystemBytes: sizeBytes } = host.copy;
    return {
      backing: {
        sizeBytes: diskBytes,
        content:
          content === "other"
            ? { kind: "other", words: "a filesystem (xfs)" }
            : content === "drbd"
              ? { kind: "drbd" }
              : { kind: "blank" },
      },
      file,
      isAdjusted,
      ...(isUp ? { status: this.statusOf(host) } : {}),
      ...(reader === host ? { filesystem: { type, sizeBytes } } : {}),
    };
  }

  private statusOf(host: Host): ResourceStatus {
    const others = this.hosts.filter((one) => one !== host);
    return {
      name: "data",
      nodeId: host.nodeId,
      role: "Secondary",
      disk: this.diskOf(host),
      hasQuorum: this.connectedWith(host).length * 2 > this.hosts.length,
      sizeBytes: this.sizeBytes,
      connections: others.map((other): ConnectionStatus => {
        const isConnected = this.connectedWith(host).includes(other) && other.isUp;
        return {
          nodeId: other.nodeId,
          name: other.name,
          connection: isConnected ? "Connected" : "Connecting",
          role: isConnected ? "Secondary" : "Unknown",
          replication: isConnected ? "Established" : "Off",
          disk: isConnected ? this.diskOf(other) : "DUnknown",
          outOfSyncBytes: 0,
        };
      }),
    };
  }
}

function emptyCopy(): Copy {
  return { writes: 0, filesystem: "", filesystemBytes: 0, isData: false };
}

function blankHost(diskBytes: number): Omit<Host, "name" | "nodeId"> {
  return {
    answers: true,
    diskBytes,
    content: "blank",
    file: "absent",
    isUp: false,
    isAdjusted: true,
    isPrimary: false,
    copy: emptyCopy(),
  };
}
