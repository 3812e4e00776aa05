import type { AwsOptions } from "../../fleet/aws/options";
import { firstBootVersion } from "../first-boot";
import type { CloudDiskPlan } from "../instance-plan";
import type { HostPlan, Plan, ServicePlan } from "../plan";
import { needsDisk } from "../planning/made-disks";
import { decidingConstraints } from "../service/colocation";
import { eligibleHosts } from "../service/placement-constraints";
import { diskOf, instanceOf } from "../server-instance";
import { compareText } from "../values/text-order";
import { gp3 } from "../volume/gp3";

/** What a fleet makes in a cloud, as far as a change of it is told. Absent on other fleets. */
export interface CloudSnapshot {
  /** By name, e.g. `hive0`. */
  readonly servers: Readonly<Record<string, CloudServer>>;
  /** The disks of volumes, by volume. Each cluster server has one of each. */
  readonly disks: Readonly<Record<string, CloudDisk>>;
  /** Networks from which operators log in. */
  readonly sshSources: readonly string[];
  /** Hash of the key that encrypts all disks. */
  readonly key: string;
  /** Whether servers, addresses and disks are protected. */
  readonly protect: boolean;
  /** Hash of all other options, such as the account's role and tags. */
  readonly others: string;
}

/** A disk in a cloud. */
export interface CloudDisk extends CloudDiskPlan {
  /** Hash of the tags that the site gives it. */
  readonly tags: string;
}

/** A server in a cloud. */
export interface CloudServer {
  readonly role: HostPlan["role"];
  readonly type: string;
  /** Its system disk; the tags are those of the server. */
  readonly root: CloudDisk;
  readonly zone: string;
  readonly privateAddress: string;
  /** Id of a public address that the account had before; absent: hive allocates one. */
  readonly addressId?: string;
  /** Hash of what it is made with at its first boot. */
  readonly firstBoot: string;
  /** Services that can run on this server only. */
  readonly bound: readonly string[];
  /** Services with several tasks, of which one may be there. */
  readonly spread: readonly string[];
}

/** A difference between two clouds. */
export type CloudChange =
  | {
      /** A server that exists. */
      readonly thing: "machine";
      readonly change: "changed";
      readonly name: string;
      /** In words: `t3.medium → t3.large`. */
      readonly parts: readonly string[];
      /** What becomes of it; `refused`: the cloud cannot do this. */
      readonly effect: "stays" | "restarts" | "replaced" | "refused";
      /** Its services, as in {@link CloudServer}. */
      readonly bound: readonly string[];
      readonly spread: readonly string[];
      readonly isProtected: boolean;
    }
  | {
      /** The disks of a volume, one on each cluster server. */
      readonly thing: "disk";
      readonly change: "changed";
      /** The volume. */
      readonly name: string;
      readonly parts: readonly string[];
      readonly effect: "stays" | "replaced" | "refused";
      readonly isProtected: boolean;
    }
  | {
      readonly thing: "SSH source";
      readonly change: "added" | "removed";
      readonly name: string;
    }
  | {
      readonly thing: "protection";
      readonly change: "added" | "removed";
      readonly name: "servers, addresses and disks";
    }
  | { readonly thing: "cloud options"; readonly change: "changed"; readonly name: "hive:aws" }
  /** What is paid for from now on, or no longer: `3 t3.medium`. */
  | { readonly thing: "cost"; readonly change: "added" | "removed"; readonly name: string };

/** Options of the stage that have lines of their own. */
const toldByName: ReadonlySet<string> = new Set<keyof AwsOptions>([
  "elasticIps",
  "instanceTypes",
  "kmsKey",
  "protect",
  "rootDisks",
  "sshSources",
]);

/** What a plan makes in a cloud; undefined if nothing. */
export function cloudOf(plan: Plan, hashOf: (value: unknown) => string): CloudSnapshot | undefined {
  const { aws, hosts, volumes, services, ssh, stage } = plan;
  if (aws === undefined) return undefined;
  const { elasticIps, kmsKey, sshSources, protect } = aws;
  const server = (host: HostPlan): CloudServer => {
    const { role, zone, privateAddress, logicalName } = host;
    const addressId = elasticIps[logicalName];
    const { type, rootDisk, tags } = instanceOf(plan, aws, host);
    return {
      role,
      type,
      root: { ...rootDisk, tags: hashOf(tags) },
      zone,
      privateAddress,
      ...(addressId === undefined ? {} : { addressId }),
      firstBoot: hashOf([host.name, ssh.user, ssh.port, ...laterFirstBoot()]),
      ...servicesOf(host, services, hosts),
    };
  };
  return {
    servers: Object.fromEntries(hosts.map((host) => [host.logicalName, server(host)])),
    disks: Object.fromEntries(
      volumes.filter(needsDisk).flatMap((volume) => {
        if (volume.replication === undefined) return [];
        const { tags, ...disk } = diskOf(plan, volume, volume.replication);
        return [[volume.name, { ...disk, tags: hashOf(tags) }]];
      }),
    ),
    sshSources,
    key: hashOf(kmsKey ?? ""),
    protect: protect ?? stage === "production",
    others: hashOf(Object.entries(aws).filter(([name]) => !toldByName.has(name))),
  };
}

/** Nothing for version 1: a snapshot of before has no number, and its servers are not replaced. */
function laterFirstBoot(): readonly number[] {
  return firstBootVersion > 1 ? [firstBootVersion] : [];
}

function servicesOf(
  host: HostPlan,
  services: readonly ServicePlan[],
  hosts: readonly HostPlan[],
): Pick<CloudServer, "bound" | "spread"> {
  const cluster = hosts.filter(({ role }) => role === "cluster");
  const there = services
    .filter(({ mode }) => mode.kind !== "job")
    .map((service) => ({
      service,
      eligible: eligibleHosts(decidingConstraints(service, services), cluster),
    }))
    .filter(({ eligible }) => eligible.some(({ name }) => name === host.name));
  const names = (isOne: (service: ServicePlan, eligible: number) => boolean): readonly string[] =>
    there
      .filter(({ service, eligible }) => isOne(service, eligible.length))
      .map(({ service }) => service.name)
      .sort(compareText);
  const several = ({ mode }: ServicePlan): boolean =>
    mode.kind === "global" || (mode.kind === "replicated" && mode.replicas > 1);
  return {
    bound: names((_service, eligible) => eligible === 1),
    spread: names((service, eligible) => eligible > 1 && several(service)),
  };
}

/** The changes from one cloud to another. @param before undefined when nothing is there yet */
export function cloudChanges(
  before: CloudSnapshot | undefined,
  after: CloudSnapshot,
): readonly CloudChange[] {
  const costs = costChanges(before, after);
  if (before === undefined) return costs;
  const isRekeyed = before.key !== after.key;
  const isProtected = before.protect;
  const machines = Object.entries(after.servers).flatMap(([name, now]): CloudChange[] => {
    const old = before.servers[name];
    if (old === undefined) return [];
    const { parts, effect } = machineChange(old, now, isRekeyed);
    const { bound, spread } = now;
    if (parts.length === 0) return [];
    return [
      { thing: "machine", change: "changed", name, parts, effect, bound, spread, isProtected },
    ];
  });
  const moved = Object.entries(after.servers).flatMap(([name, { zone, role }]) => {
    const old = before.servers[name];
    return role === "cluster" && old !== undefined && old.zone !== zone ? [name] : [];
  });
  const disks = Object.entries(after.disks).flatMap(([name, now]): CloudChange[] => {
    const old = before.disks[name];
    if (old === undefined) return [];
    const parts = [
      ...(isRekeyed ? ["another key"] : []),
      ...(moved.length === 0 ? [] : [`another zone of ${moved.join(", ")}`]),
      ...diskParts(old, now),
    ];
    const replaced = isRekeyed || moved.length > 0;
    const effect = replaced ? "replaced" : now.sizeGiB < old.sizeGiB ? "refused" : "stays";
    return parts.length === 0
      ? []
      : [{ thing: "disk", change: "changed", name, parts, effect, isProtected }];
  });
  return [...machines, ...disks, ...accessChanges(before, after), ...costs];
}

function machineChange(
  old: CloudServer,
  now: CloudServer,
  isRekeyed: boolean,
): Pick<Extract<CloudChange, { thing: "machine" }>, "parts" | "effect"> {
  // The cloud makes a new server for these; in one that exists they cannot change.
  const replacing = [
    ...(isRekeyed ? ["another key of its disk"] : []),
    ...(old.zone === now.zone ? [] : [`zone ${old.zone} → ${now.zone}`]),
    ...(old.privateAddress === now.privateAddress
      ? []
      : [`private address ${old.privateAddress} → ${now.privateAddress}`]),
    ...(old.firstBoot === now.firstBoot
      ? []
      : ["name, user and port of SSH, or what a first boot does"]),
  ];
  const isTyped = old.type !== now.type;
  const parts = [
    ...replacing,
    ...(isTyped ? [`${old.type} → ${now.type}`] : []),
    ...diskParts(old.root, now.root).map((part) =>
      part === changedTags ? part : `system disk ${part}`,
    ),
    ...(old.addressId === now.addressId ? [] : ["another public address"]),
  ];
  const effect =
    replacing.length > 0
      ? "replaced"
      : now.root.sizeGiB < old.root.sizeGiB
        ? "refused"
        : isTyped
          ? "restarts"
          : "stays";
  return { parts, effect };
}

const changedTags = "tags";

/** In words, as far as a disk changes in place. */
function diskParts(old: CloudDisk, now: CloudDisk): readonly string[] {
  const part = (from: number, to: number, unit: string): readonly string[] =>
    from === to ? [] : [`${from} → ${to} ${unit}`];
  const { iops, throughput } = gp3;
  return [
    ...part(old.sizeGiB, now.sizeGiB, "GiB"),
    ...part(old.iops ?? iops.least, now.iops ?? iops.least, "IOPS"),
    ...part(old.throughput ?? throughput.least, now.throughput ?? throughput.least, "MiB/s"),
    ...(old.tags === now.tags ? [] : [changedTags]),
  ];
}

function accessChanges(before: CloudSnapshot, after: CloudSnapshot): readonly CloudChange[] {
  const source = (change: "added" | "removed", names: readonly string[]): readonly CloudChange[] =>
    names.map((name) => ({ thing: "SSH source", change, name }));
  const { sshSources: old } = before;
  const { sshSources: now } = after;
  return [
    ...source(
      "added",
      now.filter((one) => !old.includes(one)),
    ),
    ...source(
      "removed",
      old.filter((one) => !now.includes(one)),
    ),
    ...(before.protect === after.protect
      ? []
      : [
          {
            thing: "protection" as const,
            change: after.protect ? ("added" as const) : ("removed" as const),
            name: "servers, addresses and disks" as const,
          },
        ]),
    ...(before.others === after.others
      ? []
      : [
          {
            thing: "cloud options" as const,
            change: "changed" as const,
            name: "hive:aws" as const,
          },
        ]),
  ];
}

/** What is paid for, by what it is: numbers of servers and addresses, what disks have and do. */
function countsOf({ servers, disks }: CloudSnapshot): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const add = (what: string, number: number): void => {
    counts.set(what, (counts.get(what) ?? 0) + number);
  };
  const ofVolumes = Object.values(disks);
  for (const { type, root, role, addressId } of Object.values(servers)) {
    add(`× ${type}`, 1);
    for (const disk of [root, ...(role === "cluster" ? ofVolumes : [])]) {
      add("GiB of gp3 disks", disk.sizeGiB);
      // The least of both is in the price of the disk.
      add("IOPS of disks", (disk.iops ?? gp3.iops.least) - gp3.iops.least);
      add("MiB/s of disks", (disk.throughput ?? gp3.throughput.least) - gp3.throughput.least);
    }
    if (addressId === undefined) add("public IPv4 addresses", 1);
  }
  return counts;
}

function costChanges(
  before: CloudSnapshot | undefined,
  after: CloudSnapshot,
): readonly CloudChange[] {
  const old = before === undefined ? new Map<string, number>() : countsOf(before);
  const now = countsOf(after);
  const texts = (sign: 1 | -1): readonly string[] =>
    [...new Set([...now.keys(), ...old.keys()])].sort(compareText).flatMap((what) => {
      const more = sign * ((now.get(what) ?? 0) - (old.get(what) ?? 0));
      return more > 0 ? [`${more} ${what}`] : [];
    });
  const cost = (change: "added" | "removed", all: readonly string[]): readonly CloudChange[] =>
    all.length === 0 ? [] : [{ thing: "cost", change, name: all.join(", ") }];
  return [...cost("added", texts(1)), ...cost("removed", texts(-1))];
}
