import fc from "fast-check";
import { gp3, gp3Faults } from "../../../../model/volume/gp3";
import { textOf } from "../problems-of";

test.each([
  ["the least of a small disk", { size: "1GiB" }, []],
  ["as much as the size allows", { size: "32GiB", iops: 16_000, throughput: 2000 }, []],
  ["more operations than the size allows", { size: "7.5GiB", iops: 4001 }, ["iops"]],
  ["a size that is rounded up", { size: "7.5GiB", iops: 4000 }, []],
  [
    "more throughput than the operations allow",
    { size: "100GiB", throughput: 751 },
    ["throughput"],
  ],
  ["both", { size: "1GiB", iops: 3001, throughput: 2000 }, ["iops", "throughput"]],
  ["a disk that is too large", { size: "65TiB" }, ["size"]],
] as const)("%s", (_words, settings, keys) => {
  expect(gp3Faults(settings).map(({ key }) => key)).toEqual(keys);
});

test("what a remedy says is right", () => {
  const settings = fc.record({
    gib: fc.integer({ min: 1, max: gp3.mostGiB }),
    iops: fc.integer({ min: gp3.iops.least, max: gp3.iops.most }),
    throughput: fc.integer({ min: gp3.throughput.least, max: gp3.throughput.most }),
  });
  fc.assert(
    fc.property(settings, ({ gib, iops, throughput }) => {
      let now = { size: `${gib}GiB` as const, iops, throughput };
      for (const fault of gp3Faults(now)) {
        const most = Number(/at most (\d+)/.exec(fault.remedy)?.[1]);
        now = { ...now, [fault.key]: most };
      }
      // Fewer operations may allow less throughput.
      for (const fault of gp3Faults(now))
        now = { ...now, [fault.key]: Number(/at most (\d+)/.exec(fault.remedy)?.[1]) };
      expect(gp3Faults(now)).toEqual([]);
    }),
  );
});

test("the inventory says which limit a volume does not keep", () => {
  const text = textOf({
    volumes: {
      data: { replicated: { size: "1GiB", iops: 5000 } },
      more: { replicated: { size: "1GiB", iops: 100 } },
    },
  });
  expect(text).toContain("volumes.data.replicated.iops");
  expect(text).toContain('write at most 3000, or a size of at least "10GiB"');
  expect(text).toContain("volumes.more.replicated.iops");
});
