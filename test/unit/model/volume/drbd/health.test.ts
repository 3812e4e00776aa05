import { volumeHealth, type VolumeStatuses } from "../../../../../model/volume/drbd/health";
import type { ConnectionStatus, ResourceStatus } from "../../../../../model/volume/drbd/status";

const names = ["hive0", "hive1", "hive2"];
const peer = (nodeId: number, change: Partial<ConnectionStatus> = {}): ConnectionStatus => ({
  ...{ nodeId, name: names[nodeId] ?? "", connection: "Connected", role: "Secondary" },
  ...{ replication: "Established", disk: "UpToDate", outOfSyncBytes: 0 },
  ...change,
});
const on = (
  nodeId: number,
  change: Partial<ResourceStatus> = {},
  peers: Readonly<Record<number, Partial<ConnectionStatus>>> = {},
): ResourceStatus => ({
  ...{ name: "data", nodeId, role: "Secondary", disk: "UpToDate", hasQuorum: true, sizeBytes: 1 },
  connections: [0, 1, 2].filter((id) => id !== nodeId).map((id) => peer(id, peers[id])),
  ...change,
});
const volume = (
  ...statuses: readonly (ResourceStatus | null | undefined)[]
): ReturnType<typeof volumeHealth> => {
  const map: VolumeStatuses = new Map(names.map((name, index) => [name, statuses[index]]));
  return volumeHealth("data", map);
};
const words = ({ problems }: ReturnType<typeof volumeHealth>): readonly string[] =>
  problems.map((problem) => `${problem.words}; ${problem.remedy}`);

test("a volume that is whole has three copies, one user, and no problem", () => {
  expect(volume(on(0), on(1, { role: "Primary" }), on(2))).toEqual({
    primary: "hive1",
    whole: names,
    progress: [],
    problems: [],
  });
});

test("a resync and a verify are progress, not problems", () => {
  const syncing = on(
    2,
    { disk: "Inconsistent" },
    {
      1: { replication: "SyncTarget", donePercent: 54.7, secondsLeft: 3 },
    },
  );
  expect(volume(on(0), on(1), syncing)).toMatchObject({
    whole: ["hive0", "hive1"],
    progress: ["hive2 gets the newest data from hive1, 54 %, 3 s left"],
    problems: [],
  });
  const verifying = on(0, {}, { 1: { replication: "VerifyS", donePercent: 7.3 } });
  expect(volume(verifying, on(1), on(2)).progress).toEqual(["hive0 is compared with hive1, 7 %"]);
});

test.each<[string, ReturnType<typeof volume>, readonly string[]]>([
  [
    "a server is away",
    volume(on(0), undefined, on(2)),
    ["hive1 does not answer; bring it back; it gets the newest data by itself"],
  ],
  ["it is not up", volume(on(0), null, on(2)), ["it is not up on hive1; npx hive up"]],
  [
    "a disk failed",
    volume(on(0), on(1), on(2, { disk: "Diskless" })),
    ["hive2 has no disk for it (Diskless); look with 'sudo dmesg' there; then npx hive up"],
  ],
  [
    "a connection is one-sided",
    volume(
      on(0, {}, { 2: { connection: "Connecting" } }),
      on(1),
      on(2, {}, { 0: { connection: "StandAlone" } }),
    ),
    ["hive2 has given up its connection with hive0; npx hive volume repair data"],
  ],
  [
    "a Primary lost the majority",
    volume(on(0, { role: "Primary", hasQuorum: false }), undefined, undefined),
    [
      "hive1 does not answer; bring it back; it gets the newest data by itself",
      "hive2 does not answer; bring it back; it gets the newest data by itself",
      "hive0 uses it and has lost the majority: its writes fail; it lets go by itself; bring the other servers back",
    ],
  ],
  [
    "a verify found differences, which both ends tell",
    volume(
      on(0, {}, { 1: { outOfSyncBytes: 45056 } }),
      on(1, {}, { 0: { outOfSyncBytes: 45056 } }),
      on(2),
    ),
    ["45056 bytes differ between hive0 and hive1, as a verify found; npx hive volume repair data"],
  ],
  [
    "all are Outdated",
    volume(...[0, 1, 2].map((id) => on(id, { disk: "Outdated" }))),
    ["no server has the newest data for certain; npx hive volume repair data"],
  ],
  [
    "two have written",
    volume(on(0, { role: "Primary" }), on(1, { role: "Primary" }), on(2)),
    [
      "hive0 and hive1 have written apart from each other; stop what uses it, then npx hive volume repair data",
    ],
  ],
])("when %s, it says what to do", (_, health, expected) => {
  expect(words(health)).toEqual(expected);
});
