import type { Sample } from "../../../../rehearsal/scenario/sample";
import { timelineOf } from "../../../../rehearsal/scenario/timeline";
import { sampleAt, watched } from "./seen";

const lane = (samples: readonly Sample[], name: string, end: number) => {
  const { services, servers } = timelineOf(samples, watched, end);
  const found = [...services, ...servers].find((each) => each.name === name);
  return found?.spans.map(({ from, to, level, on }) => [from, to, level, on.join(" ")]);
};

describe("a timeline", () => {
  const samples = [
    sampleAt(0),
    sampleAt(1),
    sampleAt(2, { down: ["s-hive2"] }),
    sampleAt(3.5, { down: ["s-hive2"] }),
    sampleAt(5, { tasks: { worker: { wanted: 2, possible: 2, on: ["s-hive0", "s-hive1"] } } }),
  ];

  test("joins looks that saw the same, and says on which servers a service ran last", () => {
    expect(lane(samples, "worker", 8)).toEqual([
      [0, 2, "all", "s-hive1 s-hive2"],
      [2, 5, "some", "s-hive1"],
      [5, 8, "all", "s-hive0 s-hive1"],
    ]);
    expect(lane(samples, "s-hive2", 8)).toEqual([
      [0, 2, "all", ""],
      [2, 5, "none", ""],
      [5, 8, "all", ""],
    ]);
  });

  test("has its length, and every server", () => {
    const { seconds, servers } = timelineOf(samples, watched, 8);
    expect(seconds).toBe(8);
    expect(servers.map(({ name }) => name)).toEqual(["s-hive0", "s-hive1", "s-hive2", "s-hive3"]);
  });

  test("is not cut in two by a look without a length", () => {
    const twice = [sampleAt(0), sampleAt(1, { down: ["s-hive2"] }), sampleAt(1), sampleAt(2)];
    expect(lane(twice, "s-hive2", 3)).toEqual([[0, 3, "all", ""]]);
  });

  test("does not know of a server that was not asked", () => {
    const sample = { ...sampleAt(0), servers: {} };
    expect(lane([sample], "s-hive0", 1)).toEqual([[0, 1, "unknown", ""]]);
  });

  test("leaves jobs out: they have no tasks between two runs", () => {
    const tasks = {
      worker: { wanted: 0, possible: 0, on: [] },
      gate: { wanted: 0, possible: 0, on: [] },
    };
    const { services } = timelineOf([sampleAt(0, { tasks })], watched, 1);
    // What has addresses is watched by them.
    expect(services.map(({ name }) => name)).toEqual(["gate", "ldap", "portal"]);
  });
});
