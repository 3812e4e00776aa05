import { readFileSync } from "node:fs";
import { readStatus } from "../../../../../model/volume/drbd/status";

/** What drbdsetup 9.22 printed over the module 9.3.3. */
const recorded = JSON.parse(readFileSync("test/drbd/recorded-status.json", "utf8")) as Readonly<
  Record<string, unknown>
>;
const read = (name: string) => readStatus(JSON.stringify(recorded[name]));

test("a Primary has quorum, a size in bytes, and its peers", () => {
  expect(read("a Primary")).toMatchInlineSnapshot(`
    {
      "connections": [
        {
          "connection": "Connected",
          "disk": "UpToDate",
          "name": "hive1.lab",
          "nodeId": 1,
          "outOfSyncBytes": 0,
          "replication": "Established",
          "role": "Secondary",
        },
        {
          "connection": "Connected",
          "disk": "UpToDate",
          "name": "hive2.lab",
          "nodeId": 2,
          "outOfSyncBytes": 0,
          "replication": "Established",
          "role": "Secondary",
        },
      ],
      "disk": "UpToDate",
      "hasQuorum": true,
      "name": "r0",
      "nodeId": 0,
      "role": "Primary",
      "sizeBytes": 268382208,
    }
  `);
});

test("a resync says how far it is, and how long it takes", () => {
  expect(read("a resync")?.connections).toMatchInlineSnapshot(`
    [
      {
        "connection": "Connected",
        "disk": "UpToDate",
        "donePercent": 54.7,
        "name": "hive1.lab",
        "nodeId": 1,
        "outOfSyncBytes": 121581568,
        "replication": "PausedSyncT",
        "role": "Secondary",
        "secondsLeft": 3,
      },
      {
        "connection": "Connected",
        "disk": "UpToDate",
        "donePercent": 56.26,
        "name": "hive2.lab",
        "nodeId": 2,
        "outOfSyncBytes": 117387264,
        "replication": "SyncTarget",
        "role": "Secondary",
        "secondsLeft": 3,
      },
    ]
  `);
});

test("a verify says how far it is", () => {
  expect(read("a verify")?.connections).toMatchInlineSnapshot(`
    [
      {
        "connection": "Connected",
        "disk": "UpToDate",
        "donePercent": 5.2378554095508445,
        "name": "hive1.lab",
        "nodeId": 1,
        "outOfSyncBytes": 0,
        "replication": "VerifyS",
        "role": "Secondary",
        "secondsLeft": 26,
      },
      {
        "connection": "Connected",
        "disk": "UpToDate",
        "donePercent": 7.299726813485341,
        "name": "hive2.lab",
        "nodeId": 2,
        "outOfSyncBytes": 0,
        "replication": "VerifyS",
        "role": "Secondary",
        "secondsLeft": 16,
      },
    ]
  `);
});

test("a connection can be one-sided", () => {
  expect(
    read("one-sided")?.connections.map(({ name, connection, disk }) => [name, connection, disk]),
  ).toMatchInlineSnapshot(`
    [
      [
        "hive0.lab",
        "StandAlone",
        "Inconsistent",
      ],
      [
        "hive1.lab",
        "Connected",
        "UpToDate",
      ],
    ]
  `);
});

test("a resource without a disk is there", () => {
  expect(read("diskless")).toMatchInlineSnapshot(`
    {
      "connections": [
        {
          "connection": "StandAlone",
          "disk": "DUnknown",
          "name": "hive1.lab",
          "nodeId": 1,
          "outOfSyncBytes": 0,
          "replication": "Off",
          "role": "Unknown",
        },
        {
          "connection": "StandAlone",
          "disk": "DUnknown",
          "name": "hive2.lab",
          "nodeId": 2,
          "outOfSyncBytes": 0,
          "replication": "Off",
          "role": "Unknown",
        },
      ],
      "disk": "Diskless",
      "hasQuorum": false,
      "name": "r0",
      "nodeId": 0,
      "role": "Secondary",
      "sizeBytes": 0,
    }
  `);
});

test("a resource that is not up is none; another text is an error", () => {
  expect(readStatus("[\n]\n\n")).toBeUndefined();
  expect(() => readStatus("")).toThrow();
});
