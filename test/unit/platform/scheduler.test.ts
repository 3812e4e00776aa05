import { spawnSync } from "node:child_process";

import fc from "fast-check";

import { cronFault, nextRun } from "../../../model/values/cron";

/** Lets the agent's own Python code answer. */
function ask(cases: readonly object[]): unknown[] {
  const { stdout, stderr, status } = spawnSync(
    "python3",
    ["-s", "-E", "-B", "test/unit/platform/scheduler.py", "platform/agents/scheduler"],
    { encoding: "utf8", input: JSON.stringify(cases), maxBuffer: 1 << 28 },
  );
  if (status !== 0) throw new Error(`The scheduler's code failed: ${stderr}`);
  return JSON.parse(stdout) as unknown[];
}

/** What `model/values/cron.ts` says is due after one time and up to another. */
function dueBetween(schedule: string, after: string, to: string): string[] {
  const found: string[] = [];
  for (
    let due = nextRun(schedule, new Date(after));
    due <= new Date(to);
    due = nextRun(schedule, due)
  )
    found.push(due.toISOString().replace(".000Z", "Z"));
  return found;
}

describe("the agent's schedules are those of the plan", () => {
  test.each<[string, string, string]>([
    ["* * * * *", "2026-11-25T23:50:00Z", "2026-11-26T00:10:00Z"],
    ["*/7 * * * *", "2026-11-25T00:00:00Z", "2026-11-25T03:00:00Z"],
    ["5/20 1-3 * * *", "2026-11-25T00:00:00Z", "2026-11-26T00:00:00Z"],
    ["0 3 * * *", "2026-12-30T00:00:00Z", "2027-01-03T00:00:00Z"],
    ["0,30 3,4 1,15 * *", "2026-11-14T00:00:00Z", "2026-12-16T00:00:00Z"],
    ["0 0 29 feb *", "2027-12-31T00:00:00Z", "2028-03-31T00:00:00Z"],
    ["0 12 * * mon-fri", "2026-11-20T00:00:00Z", "2026-11-30T00:00:00Z"],
    ["0 12 * * 7", "2026-11-20T00:00:00Z", "2026-11-30T00:00:00Z"],
    ["0 12 * * 5-7", "2026-11-20T00:00:00Z", "2026-11-30T00:00:00Z"],
    // Both kinds of days restricted: one of them is enough.
    ["0 12 1 * sun", "2026-11-20T00:00:00Z", "2026-12-10T00:00:00Z"],
    // A step on every day counts as not restricted: both must hold.
    ["0 12 */2 * sun", "2026-11-01T00:00:00Z", "2026-12-10T00:00:00Z"],
  ])("%s", (schedule, after, to) => {
    const expected = dueBetween(schedule, after, to);
    expect(expected).not.toEqual([]);
    expect(ask([{ function: "due_between", schedule, after, to }])).toEqual([expected]);
  });

  test("whatever the schedule", () => {
    const field = (first: number, last: number): fc.Arbitrary<string> => {
      const number = fc.integer({ min: first, max: last });
      const range = fc.tuple(number, number).map((ends) => {
        const [from, to] = ends.sort((a, b) => a - b);
        return `${from}-${to}`;
      });
      const step = fc.integer({ min: 1, max: 15 });
      const part = fc.oneof(
        number.map(String),
        range,
        fc
          .tuple(fc.oneof(range, number.map(String), fc.constant("*")), step)
          .map((p) => p.join("/")),
      );
      return fc.oneof(
        fc.constant("*"),
        fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join()),
      );
    };
    const schedule = fc
      .tuple(field(0, 59), field(0, 23), field(1, 31), field(1, 12), field(0, 7))
      .map((fields) => fields.join(" "))
      .filter((text) => cronFault(text) === undefined);
    const samples = fc.sample(schedule, { numRuns: 60, seed: 4 });
    const day = (index: number): string =>
      new Date(Date.UTC(2027, 0, 1 + index * 6)).toISOString().replace(".000Z", "Z");
    const cases = samples.map((text, index) => ({
      function: "due_between",
      schedule: text,
      after: day(index),
      to: day(index + 1),
    }));
    expect(ask(cases)).toEqual(
      cases.map(({ schedule: text, after, to }) => dueBetween(text, after, to)),
    );
  });

  test("what is no schedule there is none here", () => {
    const texts = ["", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *"];
    texts.push(
      "*/0 * * * *",
      "5-1 * * * *",
      "1-2-3 * * * *",
      "* * * * fun",
      "a * * * *",
      "1, * * * *",
    );
    for (const text of texts) expect(cronFault(text)).toBeDefined();
    expect(ask(texts.map((schedule) => ({ function: "is_schedule", schedule })))).toEqual(
      texts.map(() => false),
    );
  });
});

describe("a look at a job", () => {
  const labels = { "hive.site": "hive.example", "hive.schedule": "0 3 * * *" };
  const last = { "hive.schedule.last": "2026-11-24T03:00:00Z" };

  function service(changes: object = {}): object {
    return {
      ID: "1",
      UpdatedAt: "2026-11-20T12:00:00.123456789Z",
      JobStatus: { JobIteration: { Index: 7 } },
      Spec: {
        Name: "report",
        Labels: { ...labels, ...last, ...changes },
        TaskTemplate: { ContainerSpec: { Image: "report@sha256:1" }, ForceUpdate: 4 },
        Mode: { ReplicatedJob: { MaxConcurrent: 1, TotalCompletions: 0 } },
      },
    };
  }

  function task(state: string, timestamp: string, iteration = 7, node = "n1"): object {
    return {
      ID: "t1",
      NodeID: node,
      JobIteration: { Index: iteration },
      Status: { State: state, Timestamp: timestamp },
    };
  }

  interface Looked {
    readonly updates: readonly { readonly Labels: Record<string, string> }[];
    readonly said: Record<string, string>;
  }
  const look = (now: string, changes: object = {}): Looked =>
    ask([{ function: "look", now, service: service(), ...changes }])[0] as Looked;
  const startedFor = (now: string, changes: object = {}): (string | undefined)[] =>
    look(now, changes).updates.map((spec) => spec.Labels["hive.schedule.last"]);

  test("starts it when it is due, by one change that keeps everything else", () => {
    expect(look("2026-11-25T03:00:03Z")).toEqual({
      updates: [
        {
          Name: "report",
          Labels: { ...labels, "hive.schedule.last": "2026-11-25T03:00:00Z" },
          TaskTemplate: { ContainerSpec: { Image: "report@sha256:1" }, ForceUpdate: 5 },
          Mode: { ReplicatedJob: { MaxConcurrent: 1, TotalCompletions: 1 } },
        },
      ],
      said: { report: "started the run of 2026-11-25T03:00:00Z" },
    });
  });

  test("does nothing before that, when it was started already, and on a server that is no manager", () => {
    expect(startedFor("2026-11-25T02:59:59Z")).toEqual([]);
    const started = service({ "hive.schedule.last": "2026-11-25T03:00:00Z" });
    expect(startedFor("2026-11-25T03:00:03Z", { service: started })).toEqual([]);
    expect(startedFor("2026-11-25T03:00:03Z", { manager: false })).toEqual([]);
  });

  test("says nothing when another server was faster", () => {
    expect(look("2026-11-25T03:00:03Z", { accepts: false }).said).toEqual({});
  });

  test("makes up for a time that all managers missed, if it is less than an hour ago, and once", () => {
    expect(startedFor("2026-11-25T03:59:59Z")).toEqual(["2026-11-25T03:00:00Z"]);
    expect(startedFor("2026-11-25T04:00:00Z")).toEqual([]);
    const everyMinute = service({ "hive.schedule": "* * * * *" });
    expect(startedFor("2026-11-25T03:30:01Z", { service: everyMinute })).toEqual([
      "2026-11-25T03:30:00Z",
    ]);
  });

  test("a new job counts from its last change", () => {
    const fresh = (updatedAt: string): object => ({
      ...service(),
      UpdatedAt: updatedAt,
      Spec: { ...(service() as { Spec: object }).Spec, Labels: labels },
    });
    const now = "2026-11-25T03:00:03Z";
    expect(startedFor(now, { service: fresh("2026-11-25T03:00:01.5Z") })).toEqual([]);
    expect(startedFor(now, { service: fresh("2026-11-25T02:59:59.9Z") })).toEqual([
      "2026-11-25T03:00:00Z",
    ]);
  });

  test("leaves a run alone that still goes, and the time that passed meanwhile out", () => {
    const now = "2026-11-25T03:00:03Z";
    const going = look(now, { tasks: [task("running", "2026-11-24T03:00:01Z")] });
    expect(going).toEqual({
      updates: [],
      said: {
        report:
          "skipped the run of 2026-11-25T03:00:00Z: the previous run is still active (task t1, running)",
      },
    });
    const over = [task("complete", "2026-11-25T03:00:02Z")];
    expect(startedFor(now, { tasks: over })).toEqual([]);
    expect(startedFor(now, { tasks: [task("complete", "2026-11-25T02:59:59Z")] })).toHaveLength(1);
    // Waiting for a host is part of a run.
    expect(startedFor(now, { tasks: [task("pending", "2026-11-24T03:00:01Z", 7, "")] })).toEqual(
      [],
    );
  });

  test("does not wait for a task on a server that is lost, nor for what a server says of old runs when it is back", () => {
    const now = "2026-11-25T03:00:03Z";
    const nodes = [{ ID: "n1", Status: { State: "down" } }];
    const tasks = [task("running", "2026-11-24T03:00:01Z")];
    expect(startedFor(now, { tasks, nodes })).toHaveLength(1);
    const older = [task("shutdown", "2026-11-25T03:00:01Z", 6)];
    expect(startedFor(now, { tasks: older })).toHaveLength(1);
  });

  test("a schedule that it cannot read is said, and stops no other job", () => {
    const broken = service({ "hive.schedule": "nonsense" });
    expect(look("2026-11-25T03:00:03Z", { service: broken })).toEqual({
      updates: [],
      said: { report: "cannot start the job: the schedule 'nonsense' has 1 fields, not 5" },
    });
  });
});
