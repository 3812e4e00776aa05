import { type Size, sizeBytes } from "../values/size";

/**
 * Limits of EBS disks of the type gp3 (AWS, EC2's CreateVolume, 2025-09). What is not written is
 * the least, which is in the disk's price.
 */
export const gp3 = {
  iops: { least: 3000, most: 80_000 },
  /** MiB/s. */
  throughput: { least: 125, most: 2000 },
  mostGiB: 65_536,
  iopsForEachGiB: 500,
  iopsForEachMiB: 4,
} as const;

/** What is asked of a disk; what is absent is the least. */
export interface Gp3Settings {
  readonly size: Size;
  /** Operations per second. */
  readonly iops?: number | undefined;
  /** MiB/s. */
  readonly throughput?: number | undefined;
}

/** A setting that does not fit to the others. */
export interface Gp3Fault {
  readonly key: keyof Gp3Settings;
  readonly message: string;
  readonly remedy: string;
}

/** Sizes of disks in GiB, rounded up: EBS takes whole ones, and none is smaller than was asked. */
export function wholeGiB(bytes: number): number {
  return Math.ceil(bytes / 2 ** 30);
}

/** Settings of a disk that AWS would refuse together. Each of them is within its own limits. */
export function gp3Faults(settings: Gp3Settings): readonly Gp3Fault[] {
  const { iops = gp3.iops.least, throughput = gp3.throughput.least } = settings;
  const gib = wholeGiB(sizeBytes(settings.size) ?? 0);
  const mostIops = Math.max(gp3.iops.least, gib * gp3.iopsForEachGiB);
  const faults: Gp3Fault[] = [];
  if (gib > gp3.mostGiB)
    faults.push({
      key: "size",
      message: "is more than a disk of EBS can have",
      remedy: `write at most "${gp3.mostGiB / 1024}TiB"`,
    });
  if (iops > mostIops)
    faults.push({
      key: "iops",
      message: `is too much for a disk of ${gib} GiB, which can have ${gp3.iopsForEachGiB} for each GiB`,
      remedy: `write at most ${mostIops}, or a size of at least "${Math.ceil(iops / gp3.iopsForEachGiB)}GiB"`,
    });
  if (throughput * gp3.iopsForEachMiB > iops)
    faults.push({
      key: "throughput",
      message: `is too much for ${iops} operations per second, of which each MiB/s needs ${gp3.iopsForEachMiB}`,
      remedy: `write at most ${Math.floor(iops / gp3.iopsForEachMiB)}, or iops of at least ${throughput * gp3.iopsForEachMiB}`,
    });
  return faults;
}
