import fc from "fast-check";
import { planHosts } from "../../../../model/planning/plan-hosts";
import type { LabelsByHost } from "../../../../model/stage/host-labels";

const planned = (
  clusterHosts: number,
  zones = ["a", "b", "c"],
  fleet: "container" | "aws" = "container",
) =>
  planHosts("private", "hive.example", {
    fleet,
    cidr: "172.29.16.0/24",
    clusterHosts,
    zones,
    labels: {},
  });

test("five cluster servers: the repository server keeps the index 3, and with it name, address and zone", () => {
  const short = planned(5).map(({ name, role, privateAddress, zone }) => [
    name.split(".")[0],
    role,
    privateAddress,
    zone,
  ]);
  expect(short).toEqual([
    ["p-hive0", "cluster", "172.29.16.4", "a"],
    ["p-hive1", "cluster", "172.29.16.5", "b"],
    ["p-hive2", "cluster", "172.29.16.6", "c"],
    ["p-hive3", "repository", "172.29.16.7", "a"],
    ["p-hive4", "cluster", "172.29.16.8", "b"],
    ["p-hive5", "cluster", "172.29.16.9", "c"],
  ]);
});

test("in a cloud, each server has its address in the subnet of its zone", () => {
  const short = planned(5, ["a", "b", "c"], "aws").map(({ zone, privateAddress }) => [
    zone,
    privateAddress,
  ]);
  expect(short).toEqual([
    ["a", "172.29.16.4"],
    ["b", "172.29.16.69"],
    ["c", "172.29.16.134"],
    ["a", "172.29.16.7"],
    ["b", "172.29.16.72"],
    ["c", "172.29.16.137"],
  ]);
});

test("whatever the number before and after: no server that stays is another one", () => {
  const fleets = fc.constantFrom("container" as const, "aws" as const);
  const count = fc.constantFrom(3, 5, 7);
  const zones = fc.uniqueArray(fc.constantFrom("a", "b", "c", "d", "e"), { minLength: 1 });
  fc.assert(
    fc.property(count, count, zones, fleets, (before, after, names, fleet) => {
      const [smaller, larger] = [Math.min(before, after), Math.max(before, after)];
      const kept = planned(larger, names, fleet).slice(0, smaller + 1);
      expect(kept).toEqual(planned(smaller, names, fleet));
      expect(planned(larger, names, fleet).filter(({ role }) => role === "cluster")).toHaveLength(
        larger,
      );
    }),
  );
});

describe("labels of servers", () => {
  const labelled = (labels: LabelsByHost) =>
    Object.fromEntries(
      planHosts("private", "hive.example", {
        fleet: "container",
        cidr: "172.29.16.0/24",
        clusterHosts: 5,
        zones: ["a"],
        labels,
      }).map((host) => [host.logicalName, host.labels]),
    );

  test("a server has those of its role and its own, which win, by whatever name it is called", () => {
    expect(
      labelled({
        hive0: { disk: "ssd", gpu: true },
        cluster: { rack: 1, disk: "hdd" },
        "4": { rack: 2 },
        "p-hive5.hive.example": { rack: "three" },
      }),
    ).toEqual({
      hive0: { disk: "ssd", gpu: "true", rack: "1" },
      hive1: { disk: "hdd", rack: "1" },
      hive2: { disk: "hdd", rack: "1" },
      hive3: {},
      hive4: { disk: "hdd", rack: "2" },
      hive5: { disk: "hdd", rack: "three" },
    });
  });
});
