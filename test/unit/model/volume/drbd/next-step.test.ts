import fc from "fast-check";
import {
  nextStep,
  type VolumeDecision,
  type WantedVolume,
} from "../../../../../model/volume/drbd/next-step";
import type { ReplicaReport } from "../../../../../model/volume/drbd/replica-report";
import { ClusterModel, metadataBytes } from "../../../../drbd/cluster-model";

const gibi = 1024 ** 3;
const names = ["hive0", "hive1", "hive2"];
const wanted = (change: Partial<WantedVolume> = {}): WantedVolume => ({
  ...{ name: "data", sizeBytes: gibi, metadataBytes, filesystem: "ext4", isMade: false },
  ...change,
});

/** More than a run ever takes. */
const mostSteps = 60;

/** Goes on until there is no step. @returns what was done, and how it ended */
function run(
  cluster: ClusterModel,
  volume: WantedVolume,
  steps = mostSteps,
): { readonly done: readonly string[]; readonly end: VolumeDecision | undefined } {
  const done: string[] = [];
  for (let count = 0; count < steps; count++) {
    const decision = nextStep(volume, cluster.reports());
    if (decision.next !== "step") return { done, end: decision };
    const { step } = decision;
    done.push(`${step.kind} ${"hosts" in step ? step.hosts.join(",") : step.host}`);
    cluster.run(step);
  }
  return { done, end: undefined };
}

test("a volume is made in lock-step, and a second run does nothing", () => {
  const cluster = new ClusterModel(names, gibi + metadataBytes);
  expect(run(cluster, wanted())).toEqual({
    done: [
      "write-file hive0,hive1,hive2",
      "create-metadata hive0",
      "create-metadata hive1",
      "create-metadata hive2",
      "up hive0",
      "up hive1",
      "up hive2",
      "skip-first-sync hive0",
      "make-filesystem hive0",
    ],
    end: { next: "done", missing: [] },
  });
  expect(run(cluster, wanted({ isMade: true })).done).toEqual([]);
});

test("a server that does not answer is missing, and joins when it is back", () => {
  const cluster = new ClusterModel(names, gibi + metadataBytes);
  cluster.lose(1);
  expect(run(cluster, wanted()).end).toEqual({ next: "done", missing: ["hive1"] });
  cluster.application();
  cluster.bringBack(1);
  expect(run(cluster, wanted({ isMade: true }))).toEqual({
    done: ["write-file hive1", "create-metadata hive1", "up hive1"],
    end: { next: "done", missing: [] },
  });
  expect(cluster.isWhole(cluster.host(1))).toBe(true);
});

test("it grows on all servers, then its filesystem", () => {
  const cluster = new ClusterModel(names, gibi + metadataBytes);
  run(cluster, wanted());
  cluster.growDisks(2 * gibi + metadataBytes);
  const volume = wanted({ sizeBytes: 2 * gibi, isMade: true });
  expect(run(cluster, volume).done).toEqual(["resize hive0", "grow-filesystem hive0"]);
});

describe("it refuses", () => {
  const refusal = (cluster: ClusterModel, volume: WantedVolume): string => {
    const before = JSON.stringify(cluster.hosts);
    const { done, end } = run(cluster, volume);
    expect(done).toEqual([]);
    expect(JSON.stringify(cluster.hosts)).toBe(before);
    return end?.next === "refuse" ? `${end.message}; ${end.remedy}` : JSON.stringify(end);
  };
  const fresh = (): ClusterModel => new ClusterModel(names, gibi + metadataBytes);
  const made = (): ClusterModel => {
    const cluster = fresh();
    run(cluster, wanted());
    return cluster;
  };

  test("a disk that holds something, before it changes anything anywhere", () => {
    const cluster = fresh();
    cluster.host(2).content = "other";
    expect(refusal(cluster, wanted())).toBe(
      "the disk of the volume data on hive2 holds a filesystem (xfs); if nobody needs it, empty it there: wipefs --all <disk>. hive never does",
    );
  });

  test("a disk that is too small", () => {
    const cluster = fresh();
    cluster.host(1).diskBytes -= 1;
    expect(refusal(cluster, wanted())).toContain("on hive1 has");
  });

  test("to shrink", () => {
    expect(refusal(made(), wanted({ sizeBytes: gibi / 2, isMade: true }))).toContain(
      "volumes do not shrink",
    );
  });

  test("to do anything with a minority", () => {
    const cluster = fresh();
    cluster.lose(0);
    cluster.lose(1);
    expect(refusal(cluster, wanted())).toBe(
      "1 of 3 servers of the volume data answer, which are too few for it; bring back hive0 or hive1",
    );
  });

  test("to make a volume anew that has data elsewhere", () => {
    const cluster = made();
    cluster.lose(2);
    cluster.replace(0);
    cluster.replace(1);
    const { end } = run(cluster, wanted({ isMade: true }));
    expect(end).toMatchObject({
      next: "refuse",
      message: "no server that answers has data of the volume data, which was made before",
      remedy: "bring back hive2, which may have them",
    });
    expect(cluster.made).toBe(1);
  });

  test("to grow while a server is away", () => {
    const cluster = made();
    cluster.growDisks(2 * gibi + metadataBytes);
    cluster.lose(1);
    expect(refusal(cluster, wanted({ sizeBytes: 2 * gibi, isMade: true }))).toContain(
      "the volume data cannot grow while hive1 cannot be reached",
    );
  });

  test("another filesystem", () => {
    expect(refusal(made(), wanted({ filesystem: "xfs", isMade: true }))).toContain(
      'the volume data holds ext4, and xfs is wanted; write filesystem: "ext4"',
    );
  });
});

test("a connection that is one-sided is healed by adjust", () => {
  const cluster = new ClusterModel(names, gibi + metadataBytes);
  run(cluster, wanted());
  const reports = new Map(cluster.reports());
  const one = reports.get("hive2") as ReplicaReport;
  const [first, ...others] = one.status?.connections ?? [];
  if (one.status === undefined || first === undefined) throw new Error("not up");
  const connections = [{ ...first, connection: "StandAlone" }, ...others];
  reports.set("hive2", { ...one, status: { ...one.status, connections } });
  expect(nextStep(wanted({ isMade: true }), reports)).toEqual({
    next: "step",
    step: { kind: "adjust", host: "hive2" },
  });
});

/** What befalls a site between the steps of runs. */
const event = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("run"), steps: fc.nat({ max: 14 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("write"), steps: fc.constant(0) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("lose"), steps: fc.nat({ max: 2 }) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("back"), steps: fc.nat({ max: 2 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("replace"), steps: fc.nat({ max: 2 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("grow"), steps: fc.constant(0) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("change"), steps: fc.nat({ max: 2 }) }) },
);

const numRuns = Number(process.env["HIVE_LONG"] ?? "1000");

test("whatever befalls servers and runs, no acknowledged write is lost, and all ends as wanted", () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 30 }), (events) => {
      const cluster = new ClusterModel(names, gibi + metadataBytes);
      let volume = wanted();
      const go = (steps: number): VolumeDecision | undefined => {
        const { end } = run(cluster, volume, steps);
        if (end?.next === "done") volume = { ...volume, isMade: true };
        return end;
      };
      for (const { kind, steps } of events) {
        if (kind === "run") go(steps);
        else if (kind === "write") cluster.application();
        else if (kind === "lose") cluster.lose(steps);
        else if (kind === "back") cluster.bringBack(steps);
        else if (kind === "replace") cluster.replace(steps);
        else if (kind === "change") {
          const host = cluster.host(steps);
          if (host.file === "same") host.file = "other";
        } else {
          volume = { ...volume, sizeBytes: volume.sizeBytes + gibi };
          cluster.growDisks(volume.sizeBytes + metadataBytes);
        }
      }
      for (const index of [0, 1, 2]) cluster.bringBack(index);
      const last = go(mostSteps);
      expect(last).toEqual({ next: "done", missing: [] });
      for (const host of cluster.hosts) expect(cluster.isWhole(host)).toBe(true);
      expect(cluster.made).toBe(1);
      expect(run(cluster, volume).done).toEqual([]);
    }),
    { numRuns },
  );
});
