import {
  allRuns,
  levelAt,
  movableRuns,
  runningOn,
  type Sample,
} from "../../../../rehearsal/scenario/sample";
import { type Change, sampleAt, watched } from "./seen";

const service = (name: string) => {
  const found = watched.services.find((each) => each.name === name);
  if (found === undefined) throw new Error(name);
  return found;
};
const levels = (sample: Sample) =>
  Object.fromEntries(watched.services.map((each) => [each.name, levelAt(sample, each)]));

describe("how a service does", () => {
  test("with everything", () => {
    expect(levels(sampleAt(5))).toEqual({ gate: "all", ldap: "all", portal: "all", worker: "all" });
  });

  test("a service with addresses answers at one of them at least", () => {
    const [first = "", second = "", third = ""] = service("gate").addresses;
    const level = (...silent: readonly string[]) =>
      levelAt(sampleAt(5, { silent }), service("gate"));
    expect([level(first), level(first, second), level(first, second, third)]).toEqual([
      "some",
      "some",
      "none",
    ]);
  });

  test("of addresses that move with a task, one is all that is wanted", () => {
    const [first = "", second = ""] = service("portal").moving;
    const level = (...silent: readonly string[]) =>
      levelAt(sampleAt(5, { silent }), service("portal"));
    expect([level(first), level(first, second)]).toEqual(["all", "none"]);
  });

  test("one that answers with too few tasks is reduced", () => {
    const tasks = { gate: { wanted: 3, possible: 3, on: ["s-hive0", "s-hive2"] } };
    expect(levelAt(sampleAt(5, { tasks }), service("gate"))).toBe("some");
  });

  test("a service without addresses is judged by its tasks; a server that is down has none", () => {
    expect(levels(sampleAt(5, { down: ["s-hive2"] }))).toMatchObject({ worker: "some" });
    expect(levels(sampleAt(5, { down: ["s-hive1", "s-hive2"] }))).toMatchObject({ worker: "none" });
    expect(runningOn(sampleAt(5, { down: ["s-hive2"] }), "worker")).toEqual(["s-hive1"]);
  });

  test("without an answer of the Swarm, or with an old one, that is not known", () => {
    expect(levelAt(sampleAt(5, { swarmAt: null }), service("worker"))).toBe("unknown");
    expect(levelAt(sampleAt(100, { swarmAt: 40 }), service("worker"))).toBe("all");
    expect(levelAt(sampleAt(100, { swarmAt: 39 }), service("worker"))).toBe("unknown");
    // Addresses are asked for themselves.
    expect(levelAt(sampleAt(100, { swarmAt: 39 }), service("gate"))).toBe("all");
  });

  test("one that the Swarm does not have is away", () => {
    expect(levelAt(sampleAt(5), { name: "other", addresses: [], moving: [] })).toBe("none");
  });

  test("one that is bound to a server that is down is away, also when the Swarm is silent", () => {
    for (const swarmAt of [100, 39, null])
      expect(levelAt(sampleAt(100, { swarmAt, down: ["s-hive1"] }), service("ldap"))).toBe("none");
  });

  test("a job between two runs is not away", () => {
    const tasks = { ldap: { wanted: 0, possible: 0, on: [] } };
    expect(levelAt(sampleAt(5, { tasks, down: ["s-hive1"] }), service("ldap"))).toBe("all");
  });
});

describe("everything runs", () => {
  test.each<[string, Change, boolean]>([
    ["when nothing is wrong", {}, true],
    ["not with a server that is down", { down: ["s-hive3"] }, false],
    ["not with a node that the Swarm misses", { lostNodes: ["s-hive2"] }, false],
    ["not before the Swarm has answered", { swarmAt: null }, false],
    [
      "not with a service that is reduced",
      { tasks: { worker: { wanted: 2, possible: 2, on: ["s-hive2"] } } },
      false,
    ],
  ])("%s", (_words, change, expected) => {
    expect(allRuns(sampleAt(5, change), watched)).toBe(expected);
  });
});

describe("what can move runs", () => {
  const moved = { worker: { wanted: 2, possible: 2, on: ["s-hive0", "s-hive2"] } };
  const gate = { gate: { wanted: 3, possible: 2, on: ["s-hive0", "s-hive2"] } };
  test.each<[string, Change, boolean]>([
    ["when nothing is wrong", {}, true],
    ["not before the Swarm has seen the loss", { down: ["s-hive1"] }, false],
    ["not before tasks have moved", { down: ["s-hive1"], tasks: gate }, false],
    [
      "without the service whose data is on the server that is down",
      { down: ["s-hive1"], tasks: { ...gate, ...moved } },
      true,
    ],
    ["not before the Swarm has answered", { swarmAt: null }, false],
    [
      "without a service that no server that is left may run",
      { tasks: { worker: { wanted: 1, possible: 0, on: [] } } },
      true,
    ],
    [
      "not with one that is away though it might run",
      { tasks: { worker: { wanted: 1, possible: 1, on: [] } } },
      false,
    ],
  ])("%s", (_words, change, expected) => {
    expect(movableRuns(sampleAt(5, change), watched)).toBe(expected);
  });
});
