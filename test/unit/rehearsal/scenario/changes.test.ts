import { changesBetween } from "../../../../rehearsal/scenario/changes";
import { sampleAt, watched } from "./seen";

const worker = (...on: readonly string[]) => ({ worker: { wanted: 2, possible: 2, on } });

describe("what changed from one look to the next one", () => {
  test("is nothing at the first look, and when nothing did", () => {
    expect(changesBetween(undefined, sampleAt(0, { down: ["s-hive1"] }), watched)).toEqual([]);
    expect(changesBetween(sampleAt(0), sampleAt(1), watched)).toEqual([]);
  });

  test("is a sentence for each server and service", () => {
    const lost = sampleAt(1, { down: ["s-hive1"] });
    expect(changesBetween(sampleAt(0), lost, watched)).toEqual([
      "s-hive1 is down",
      "gate runs with less than it should",
      "ldap is away",
      "worker runs with less than it should",
    ]);
    expect(changesBetween(lost, sampleAt(2), watched)).toEqual([
      "s-hive1 answers",
      "gate runs",
      "ldap runs",
      "worker runs",
    ]);
  });

  test("is not the Swarm's first answer, if all is well", () => {
    const before = sampleAt(0, { swarmAt: null });
    expect(changesBetween(before, sampleAt(1), watched)).toEqual([]);
    expect(changesBetween(before, sampleAt(1, { tasks: worker() }), watched)).toEqual([
      "worker is away",
    ]);
  });

  test("is also that nothing is known any more", () => {
    const before = sampleAt(60, { swarmAt: 0 });
    expect(changesBetween(before, sampleAt(61, { swarmAt: 0 }), watched)).toEqual([
      "ldap is not known",
      "worker is not known",
    ]);
    expect(
      changesBetween(sampleAt(0), { ...sampleAt(1), servers: { "s-hive0": true } }, watched),
    ).toEqual(["s-hive1 is not known", "s-hive2 is not known", "s-hive3 is not known"]);
  });
});
