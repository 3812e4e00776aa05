const sector = 512;
/** Sectors that one block of a bitmap stands for: 4 KiB of bits, one for each 4 KiB of data. */
const sectorsPerBlock = 2 ** 18;
const sectorsOfBlock = 8;
/** Superblock (4 KiB) and activity log (32 KiB), in sectors. */
const fixedSectors = 72;

/**
 * What internal metadata take of a disk, bytes: one bitmap for each slot, the superblock and the
 * activity log (DRBD 9 user's guide, "Estimating metadata size").
 *
 * @param diskBytes the whole disk
 * @param slots for other servers
 */
export function metadataOf(diskBytes: number, slots: number): number {
  const blocks = Math.ceil(diskBytes / sector / sectorsPerBlock);
  return (blocks * sectorsOfBlock * slots + fixedSectors) * sector;
}

/**
 * How large a disk has to be at least for a device of DRBD of this size, bytes.
 *
 * @param deviceBytes what can be mounted; a multiple of 4096
 */
export function diskFor(deviceBytes: number, slots: number): number {
  let disk = deviceBytes;
  // Metadata grow with the disk, by far less than it: this ends after a round or two.
  while (disk - metadataOf(disk, slots) < deviceBytes) disk = deviceBytes + metadataOf(disk, slots);
  return disk;
}
