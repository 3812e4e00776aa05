/** Sections of a resource file that hold options. */
export type DrbdSection = "options" | "disk" | "net";

/** A whole number in DRBD's own unit. */
export interface DrbdRange {
  readonly least: number;
  readonly most: number;
  /** For people; absent: a count. */
  readonly unit?: "seconds" | "tenths of a second" | "KiB/s" | "bytes";
}

/** An option of DRBD, as the manual page drbd.conf-9.0 has it. */
export interface DrbdKeyword {
  readonly section: DrbdSection;
  /** What a stage may write: a number in a range, or one of these words. */
  readonly takes: DrbdRange | readonly string[];
  /** What hive writes unless the stage says otherwise. */
  readonly value: number | string;
  /** Why that value, and not DRBD's own default. */
  readonly why: string;
  /** Words that DRBD knows and hive refuses, each with its reason. */
  readonly refused?: Readonly<Record<string, string>>;
}

const loses = "it throws away what one side has written, without asking anybody";
const splitBrain = {
  takes: ["disconnect"],
  value: "disconnect",
  why: "Nobody but a person may decide whose writes are lost.",
} as const;

/**
 * The options that hive writes into each resource file. What is missing here keeps DRBD's default.
 * Ranges are those of `drbdsetup xml-help` of drbd-utils 9.22; a test compares them with it.
 */
export const drbdKeywords = {
  quorum: {
    section: "options",
    takes: ["majority"],
    value: "majority",
    why: "A server that was cut off must not write.",
    refused: {
      off: "two servers that do not see each other could both write",
      all: "one lost server would stop all writes",
    },
  },
  "on-no-quorum": {
    section: "options",
    takes: ["io-error"],
    value: "io-error",
    why: "Writes fail, so that the task ends and another server can take the volume.",
    refused: {
      "suspend-io":
        "programs would hang where nothing can end them, and the server would keep the volume until it is switched off",
    },
  },
  "on-no-data-accessible": {
    section: "options",
    takes: ["io-error"],
    value: "io-error",
    why: "It has to agree with on-no-quorum.",
    refused: { "suspend-io": "it has to agree with on-no-quorum" },
  },
  "on-suspended-primary-outdated": {
    section: "options",
    takes: ["force-secondary"],
    value: "force-secondary",
    why: "A second net: should writes hang after all, the old writer lets go when it is overtaken.",
    refused: { disconnect: "an overtaken writer would hang until its server is switched off" },
  },
  "auto-promote": {
    section: "options",
    takes: ["yes"],
    value: "yes",
    why: "Who mounts the volume becomes its writer, and nobody else can: that is the lock.",
    refused: { no: "no task could mount the volume" },
  },
  "auto-promote-timeout": {
    section: "options",
    takes: { least: 0, most: 600, unit: "tenths of a second" },
    value: 300,
    why: "A task that starts before its predecessor's server is given up waits instead of failing.",
  },
  "on-io-error": {
    section: "disk",
    takes: ["detach"],
    value: "detach",
    why: "A server whose disk fails goes on with the disks of the others.",
    refused: {
      pass_on: "the service would see the fault of one disk although two others are whole",
      "call-local-io-error": "hive ships no program that could be called",
    },
  },
  "al-extents": {
    section: "disk",
    takes: { least: 67, most: 65534 },
    value: 1237,
    why: "4.8 GiB of hot data without an update of the metadata; so much is compared after a crash.",
  },
  "disk-flushes": {
    section: "disk",
    takes: ["yes"],
    value: "yes",
    why: "A write is acknowledged when the disk has it.",
    refused: { no: "writes that were acknowledged would be lost with the power" },
  },
  "md-flushes": {
    section: "disk",
    takes: ["yes"],
    value: "yes",
    why: "After a crash the metadata must not be older than the data.",
    refused: { no: "after a loss of power the metadata could call old data new" },
  },
  "c-plan-ahead": {
    section: "disk",
    takes: { least: 1, most: 300, unit: "tenths of a second" },
    value: 20,
    why: "The resync follows what the network can take.",
  },
  "c-fill-target": {
    section: "disk",
    takes: { least: 0, most: 1_048_576, unit: "bytes" },
    value: "1M",
    why: "So much of a resync is on its way at a time; more would delay the writes of services.",
  },
  "c-min-rate": {
    section: "disk",
    takes: { least: 0, most: 4_194_304, unit: "KiB/s" },
    value: 4096,
    why: "A resync makes progress also under load.",
  },
  "c-max-rate": {
    section: "disk",
    takes: { least: 0, most: 4_194_304, unit: "KiB/s" },
    value: 76_800,
    why: "60 % of what a gp3 disk can do at its least throughput, 125 MiB/s.",
  },
  protocol: {
    section: "net",
    takes: ["C"],
    value: "C",
    why: "A write is acknowledged when all servers that are connected have it.",
    refused: {
      A: "a write would be acknowledged before another server has it",
      B: "a write would be acknowledged before another server's disk has it",
    },
  },
  "cram-hmac-alg": {
    section: "net",
    takes: ["sha256", "sha512"],
    value: "sha256",
    why: "Both ends prove that they know the volume's secret.",
  },
  "verify-alg": {
    section: "net",
    takes: ["crc32c", "sha1", "sha256"],
    value: "crc32c",
    why: "Fast, and the disks are compared for faults, not for forgeries.",
  },
  "csums-alg": {
    section: "net",
    takes: ["crc32c", "sha1", "sha256"],
    value: "crc32c",
    why: "A resync skips blocks that are equal: 94 % of them after a crash.",
  },
  "ping-int": {
    section: "net",
    takes: { least: 1, most: 120, unit: "seconds" },
    value: 3,
    why: "A lost server is noticed before the Swarm starts the task elsewhere.",
  },
  "ping-timeout": {
    section: "net",
    takes: { least: 1, most: 300, unit: "tenths of a second" },
    value: 20,
    why: "A pause of a second is no loss.",
  },
  timeout: {
    section: "net",
    takes: { least: 1, most: 600, unit: "tenths of a second" },
    value: 25,
    why: "Under writes a lost server is noticed after this time.",
  },
  "connect-int": {
    section: "net",
    takes: { least: 1, most: 120, unit: "seconds" },
    value: 5,
    why: "After a cut, redundancy is back soon.",
  },
  "after-sb-0pri": { section: "net", ...splitBrain, refused: sides("0pri") },
  "after-sb-1pri": { section: "net", ...splitBrain, refused: sides("1pri") },
  "after-sb-2pri": { section: "net", ...splitBrain, refused: sides("2pri") },
  "rr-conflict": {
    section: "net",
    takes: ["retry-connect"],
    value: "retry-connect",
    why: "An old writer connects again by itself as soon as it has let go.",
    refused: {
      disconnect: "an old writer would stay alone until a person connects it",
      "call-pri-lost": "hive ships no program that could be called",
      violently: "it changes data below a program that reads them",
      "auto-discard": loses,
    },
  },
  "max-buffers": {
    section: "net",
    takes: { least: 32, most: 131_072 },
    value: 16_000,
    why: "Many writes at once do not wait for memory of the receiver.",
  },
  "sndbuf-size": {
    section: "net",
    takes: { least: 0, most: 10_485_760, unit: "bytes" },
    value: "1M",
    why: "Zones are a millisecond or two from each other.",
  },
} as const satisfies Readonly<Record<string, DrbdKeyword>>;

/** The name of an option that hive writes. */
export type DrbdOption = keyof typeof drbdKeywords;

/** Values of all options that hive writes, in DRBD's units. */
export type DrbdOptions = Readonly<Record<DrbdOption, number | string>>;

/** How DRBD can end a split brain by itself: always by losing writes. */
function sides(kind: "0pri" | "1pri" | "2pri"): Readonly<Record<string, string>> {
  const known = {
    "0pri": [
      "discard-younger-primary",
      "discard-older-primary",
      "discard-zero-changes",
      "discard-least-changes",
      "discard-local",
      "discard-remote",
    ],
    "1pri": ["consensus", "discard-secondary", "call-pri-lost-after-sb", "violently-as0p"],
    "2pri": ["call-pri-lost-after-sb", "violently-as0p"],
  } as const;
  return Object.fromEntries(known[kind].map((word) => [word, loses]));
}
