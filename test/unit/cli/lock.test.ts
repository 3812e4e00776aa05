import {
  isOrphaned,
  isStale,
  lockMessage,
  type LockObserver,
  parseLock,
} from "../../../cli/pulumi/lock";

const text =
  '{"pid":26000,"username":"root","hostname":"desk","timestamp":"2026-11-23T13:44:55.418543253Z"}';
const lock = parseLock(text)!;
const observer = (
  programOf: LockObserver["programOf"],
  more: Partial<LockObserver> = {},
): LockObserver => ({
  hostname: "desk",
  bootTime: Date.parse("2026-11-23T08:00:00Z"),
  programOf,
  parentOf: () => 4711,
  ...more,
});

test.each([
  ["its process is gone", observer(() => undefined), true],
  ["its process runs", observer(() => "pulumi"), false],
  ["its process runs under a full path", observer(() => "/opt/engine/pulumi"), false],
  ["its process id belongs to another program now", observer(() => "nginx"), true],
  ["its process runs, but as what cannot be told", observer(() => ""), false],
  [
    "the computer was started since",
    observer(() => "pulumi", { bootTime: Date.parse("2026-11-23T14:00:00Z") }),
    true,
  ],
  ["it was made on another computer", observer(() => undefined, { hostname: "laptop" }), false],
])("a lock is stale or not: %s", (_case, facts, stale) => {
  expect(isStale(lock, facts)).toBe(stale);
});

test.each([
  ["the first process", observer(() => "pulumi", { parentOf: () => 1 }), true],
  [
    "a session's systemd",
    observer((pid) => (pid === 800 ? "systemd" : "pulumi"), { parentOf: () => 800 }),
    true,
  ],
  ["hive", observer((pid) => (pid === 900 ? "node" : "pulumi"), { parentOf: () => 900 }), false],
  ["nobody that can be told", observer(() => "pulumi", { parentOf: () => undefined }), false],
  [
    "a process of another computer",
    observer(() => "pulumi", { parentOf: () => 1, hostname: "laptop" }),
    false,
  ],
])("an engine whose parent is %s has lost its hive or not", (_parent, facts, orphaned) => {
  expect(isOrphaned(lock, facts)).toBe(orphaned);
});

test.each(["", "{", "null", "[]", '{"username":"root"}'])(
  "what is no lock is passed over: %j",
  (broken) => {
    expect(parseLock(broken)).toBeUndefined();
  },
);

test("a living lock is told with owner, age and way out", () => {
  expect(lockMessage("private", [lock], Date.parse("2026-11-23T13:47:00Z"))).toBe(
    [
      "Another run is changing the stage private:",
      "  root@desk, process 26000, since 2026-11-23T13:44:55Z (2 min)",
      "Nothing was changed. Wait until that run has ended, or press Ctrl-C where it runs.",
      "Remove its lock only if you are certain that it no longer runs (its computer is gone):",
      "  npm run pulumi -- cancel --yes --stack private",
    ].join("\n"),
  );
});
