import fc from "fast-check";
import { diskFor, metadataOf } from "../../../../../model/volume/drbd/metadata-size";

const kibi = 1024;

// Sizes of the device that the module 9.3.3 made of disks of 256 and 64 MiB.
test.each([
  [256 * 1024, 2, 262092],
  [256 * 1024, 3, 262084],
  [256 * 1024, 5, 262068],
])("of a disk of %i KiB with %i slots, %i KiB are left", (disk, slots, device) => {
  expect((disk * kibi - metadataOf(disk * kibi, slots)) / kibi).toBe(device);
});

test("the disk for a device is large enough, and not by more than a block of each bitmap", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 2 ** 32 }),
      fc.integer({ min: 1, max: 31 }),
      (pages, slots) => {
        const device = pages * 4096;
        const disk = diskFor(device, slots);
        expect(disk - metadataOf(disk, slots)).toBeGreaterThanOrEqual(device);
        expect(disk - metadataOf(disk, slots) - device).toBeLessThanOrEqual(slots * 4096);
      },
    ),
  );
});
