import { reportWarning } from "../../../providers/progress/progress-line";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import {
  type Direction,
  foldEvent,
  initialProgress,
  sectionOf,
  sectionState,
  sectionStates,
  totalCounts,
} from "../../../cli/progress/progress";
import { changeLines, liveLines, sectionTime } from "../../../cli/progress/view";
import { readProgressNote, stepOfNote } from "../../../cli/progress/progress-note";
import { plain } from "../../../cli/terminal";
import { recordedEvents, replay, timeOf } from "./recorded-run";

/** Long after any event of the recordings. */
const later = 4_000_000_000_000;

const states = (progress: ReturnType<typeof replay>) =>
  Object.fromEntries(sectionStates(progress, later));

/** The lines of plain output over a whole run. */
function plainLines(events: readonly EngineEvent[], direction: Direction): readonly string[] {
  const lines: string[] = [];
  let progress = initialProgress(direction);
  let before = sectionStates(progress, 0);
  for (const event of events) {
    progress = foldEvent(progress, event, timeOf(event));
    lines.push(...changeLines(before, progress, timeOf(event)));
    before = sectionStates(progress, timeOf(event));
  }
  return lines;
}

test("a first run that failed: what was built, where it stopped, what was never begun", () => {
  const progress = replay(recordedEvents("first-up-failed"));
  expect(states(progress)).toEqual({
    refresh: "absent",
    "build-infra": "done",
    "setup-hosts": "done",
    "build-images": "done",
    "build-networks": "waiting",
    "build-volumes": "waiting",
    "deploy-services": "failed",
    "initialize-services": "waiting",
    other: "waiting",
  });
  expect(totalCounts(progress)).toMatchObject({ created: 15, failed: 1, unchanged: 0 });
  expect(progress.result).toBe("failed");
  expect(progress.diagnostics.map(({ message }) => message.trim())).toContain(
    "The host hive1 (172.30.77.5:22) cannot be reached.\nIs it up?",
  );
});

test("counts leave out components and providers", () => {
  const progress = replay(recordedEvents("first-up-failed"));
  // Two containers, a network, a volume and three more; neither the phase's component nor the
  // docker provider.
  expect(sectionOf(progress, "build-infra").counts.created).toBe(7);
});

test("the next run goes on from there: unchanged phases take no time, the others are built", () => {
  const events = recordedEvents("second-up");
  const progress = replay(events);
  expect(totalCounts(progress)).toMatchObject({ created: 4, unchanged: 15, failed: 0 });
  expect(sectionTime(progress, "build-infra", timeOf(events[0]!))).toBeUndefined();
  expect(sectionTime(progress, "initialize-services", timeOf(events[0]!))).toBeGreaterThan(0);
  expect(new Set(Object.values(states(progress)))).toEqual(new Set(["absent", "done"]));
});

test("reading what is there is a section of its own and does not count as change", () => {
  const progress = replay(recordedEvents("refresh-unchanged"));
  expect(sectionState(progress, "refresh", later)).toBe("done");
  expect(totalCounts(progress)).toEqual({
    created: 0,
    updated: 0,
    replaced: 0,
    deleted: 0,
    unchanged: 19,
    read: 19,
    failed: 0,
  });
});

test("destroying is told from the last phase to the first", () => {
  const lines = plainLines(recordedEvents("destroy"), "destroy");
  const ended = lines.filter((line) => line.includes("deleted")).map((line) => line.split(" ")[0]);
  expect(ended).toEqual([
    "initialize-services",
    "deploy-services",
    "build-images",
    "setup-hosts",
    "build-infra",
  ]);
});

test("while a phase runs, its line names what runs longest", () => {
  const events = recordedEvents("first-up-failed");
  const failure = events.findIndex(({ resOpFailedEvent }) => resOpFailedEvent !== undefined);
  const progress = replay(events.slice(0, failure - 1));
  const now = timeOf(events[failure]!) + 5000;
  const live = liveLines(progress, { now, columns: 100, frame: 0, paint: plain });
  expect(live.find((line) => line.includes("deploy-services"))).toMatch(
    /^⠋ deploy-services +\d\.\d s {2}deploy-services-thing\d \d s/,
  );
  expect(live.find((line) => line.includes("build-images"))).toMatch(/^✓/);
  expect(live.find((line) => line.includes("initialize-services"))).toBe("  initialize-services");
});

test("live lines fit the terminal, so that redrawing finds its place again", () => {
  const events = recordedEvents("first-up-failed");
  for (const [index] of events.entries()) {
    const look = { now: timeOf(events[0]!) + 60_000, columns: 40, frame: index, paint: plain };
    for (const line of liveLines(replay(events.slice(0, index)), look))
      expect(line.length).toBeLessThan(40);
  }
});

test("a phase in which something happens again right away is not told as over in between", () => {
  const step = (name: string) => ({
    op: "create",
    urn: `urn:pulumi:private::hive::hive:index:Hive$hive:phase:${name}$docker:index/container:Container::${name}`,
    type: "docker:index/container:Container",
    new: { custom: true },
  });
  const at = (timestamp: number, event: object) =>
    ({ sequence: 0, timestamp, ...event }) as unknown as EngineEvent;
  const pre = (name: string) => ({ resourcePreEvent: { metadata: step(name) } });
  const end = (name: string) => ({ resOutputsEvent: { metadata: step(name) } });
  const lines = plainLines(
    [
      at(1, pre("BuildInfra")),
      at(2, pre("SetupHosts")),
      at(3, end("BuildInfra")),
      at(4, pre("BuildInfra")),
      at(5, end("BuildInfra")),
      at(9, end("SetupHosts")),
    ],
    "build",
  );
  expect(lines).toEqual([
    expect.stringMatching(/^build-infra +started/),
    expect.stringMatching(/^setup-hosts +started/),
    expect.stringMatching(/^build-infra +4\.0 s {2}2 created/),
  ]);
});

test("plain output says once that a phase starts and once that it ended", () => {
  const lines = plainLines(recordedEvents("first-up-failed"), "build");
  const count = (pattern: RegExp) => lines.filter((line) => pattern.test(line)).length;
  expect(count(/^setup-hosts +started/)).toBe(1);
  expect(count(/^setup-hosts .*3 created/)).toBe(1);
  expect(count(/^deploy-services .*1 failed/)).toBe(1);
  expect(count(/^initialize-services/)).toBe(0);
});

describe("what long work says that it is doing", () => {
  test.each([
    [
      "hive: webgate: 2 of 3 tasks run (preparing)\n",
      { subject: "webgate", text: "2 of 3 tasks run (preparing)" },
    ],
    [
      "<{%reset%}>hive: image webgate: step 3<{%reset%}>\n",
      { subject: "image webgate", text: "step 3" },
    ],
    ["hive: waiting\n", { subject: "", text: "waiting" }],
    ["the hive: webgate: x", undefined],
    ["error: boom", undefined],
  ])("%j", (message, note) => {
    expect(readProgressNote(message)).toEqual(note);
  });

  const names = [
    "service-web-gate-service",
    "service-web-service",
    "image-web-build",
    "initialization-web-steps",
    "image-web-on-hosts",
  ];
  test.each([
    ["web", "2 of 3 tasks run", "service-web-service"],
    ["web-gate", "1 of 3 tasks run", "service-web-gate-service"],
    ["web", "step users runs on hive1", "initialization-web-steps"],
    ["image web", "layer 3", "image-web-build"],
    ["am", "step users", undefined],
    ["", "waiting", undefined],
  ])("a note about %s (%s) is about %s", (subject, text, step) => {
    expect(stepOfNote({ subject, text }, names)).toBe(step);
  });

  const type = "pulumi-nodejs:dynamic/hive:SwarmService";
  const metadata = {
    op: "update",
    urn: `urn:pulumi:private::hive::hive:index:Hive$hive:phase:DeployServices$${type}::service-web-service`,
    type,
    new: { custom: true },
  };
  const begun = {
    sequence: 0,
    timestamp: 1,
    resourcePreEvent: { metadata },
  } as unknown as EngineEvent;
  const says = (text: string, severity = "info") =>
    ({
      sequence: 1,
      timestamp: 2,
      diagnosticEvent: { severity, message: `hive: web: ${text}\n`, prefix: "", color: "" },
    }) as unknown as EngineEvent;
  const after = (...events: EngineEvent[]) =>
    events.reduce((progress, event) => foldEvent(progress, event, 1000), initialProgress("build"));

  test("is shown below its section, the newest word only, and is no warning", () => {
    const progress = after(begun, says("1 of 3 tasks run"), says("2 of 3 tasks run"));
    const lines = liveLines(progress, { now: 4000, columns: 100, frame: 0, paint: plain });
    expect(lines).toContain("    web 3 s: 2 of 3 tasks run");
    expect(progress.diagnostics).toEqual([]);
  });

  test("on standard error is a warning of the run, however many lines it has", () => {
    const lines: string[] = [];
    const warn = jest.spyOn(console, "warn").mockImplementation((text: string) => {
      lines.push(...text.split("\n"));
    });
    reportWarning("the volume 'data' is left on:\n  hive0: in use\nRun: docker volume rm data");
    reportWarning("another thing");
    warn.mockRestore();
    const event = (line: string) =>
      ({
        diagnosticEvent: { severity: "info#err", message: `${line}\n` },
      }) as unknown as EngineEvent;
    const progress = after(begun, ...lines.map(event));
    expect(progress.diagnostics).toEqual([
      {
        severity: "warning",
        urn: undefined,
        message: "The volume 'data' is left on:\n  hive0: in use\nRun: docker volume rm data",
      },
      { severity: "warning", urn: undefined, message: "Another thing" },
    ]);
  });

  test("is gone when its step has ended", () => {
    const ended = {
      sequence: 2,
      timestamp: 3,
      resOutputsEvent: { metadata },
    } as unknown as EngineEvent;
    const progress = after(begun, says("1 of 3 tasks run"), ended);
    const lines = liveLines(progress, { now: 4000, columns: 100, frame: 0, paint: plain });
    expect(lines.join("\n")).not.toContain("tasks run");
    expect(progress.finished).toEqual([
      { name: "service-web-service", operation: "update", milliseconds: 0 },
    ]);
  });
});

test("a phase has not taken until what it replaced is removed, at the end of the run", () => {
  const type = "random:index/randomPassword:RandomPassword";
  const urn = `urn:pulumi:private::hive::hive:index:Hive$hive:phase:SetupHosts$${type}::secrets-value-db`;
  const step = (kind: "resourcePreEvent" | "resOutputsEvent", op: string): EngineEvent => ({
    sequence: 0,
    timestamp: 0,
    [kind]: { metadata: { op, urn, type, new: { custom: true }, old: { custom: true } } },
  });
  const events: [EngineEvent, number][] = [
    [step("resourcePreEvent", "create-replacement"), 1000],
    [step("resOutputsEvent", "create-replacement"), 2000],
    [step("resourcePreEvent", "delete-replaced"), 60_000],
    [step("resOutputsEvent", "delete-replaced"), 61_000],
  ];
  const progress = events.reduce(
    (before, [event, now]) => foldEvent(before, event, now),
    initialProgress("build"),
  );
  expect(sectionOf(progress, "setup-hosts")).toMatchObject({
    startedAt: 1000,
    endedAt: 2000,
    counts: { replaced: 1 },
  });
});

test("what could not be created, changed or removed is known by its URN; what could only not be looked at is not among it", () => {
  const events = recordedEvents("first-up-failed");
  const failing = events.find(({ resOpFailedEvent }) => resOpFailedEvent !== undefined);
  if (failing?.resOpFailedEvent === undefined) throw new Error("The recording has no failure.");
  const { metadata } = failing.resOpFailedEvent;
  expect(replay(events).failed).toEqual([metadata.urn]);
  const look = { ...failing.resOpFailedEvent, metadata: { ...metadata, op: "refresh" as const } };
  expect(replay([{ ...failing, resOpFailedEvent: look }]).failed).toEqual([]);
});
