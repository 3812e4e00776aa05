import fc from "fast-check";
import { planHosts } from "../../../../model/planning/plan-hosts";

const planned = (clusterHosts: number, zones = ["a", "b", "c"]) =>
  planHosts("private", "hive.example", { cidr: "172.29.16.0/24", clusterHosts, zones });

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

test("whatever the number before and after: no server that stays is another one", () => {
  const count = fc.constantFrom(3, 5, 7);
  const zones = fc.uniqueArray(fc.constantFrom("a", "b", "c", "d", "e"), { minLength: 1 });
  fc.assert(
    fc.property(count, count, zones, (before, after, names) => {
      const [smaller, larger] = [Math.min(before, after), Math.max(before, after)];
      const kept = planned(larger, names).slice(0, smaller + 1);
      expect(kept).toEqual(planned(smaller, names));
      expect(planned(larger, names).filter(({ role }) => role === "cluster")).toHaveLength(larger);
    }),
  );
});
