import { runSteps, untilSteady } from "../../../../cli/scenario/run-steps";
import type { Watch } from "../../../../cli/scenario/watch";
import { sleep } from "../../../../providers/transport/deadline";
import { setFaults } from "../../../../rehearsal/folder";
import type { Sample } from "../../../../rehearsal/scenario/sample";
import { killInstances, powerInstances, rehearsedInstances } from "../../../../rehearsal/servers";
import { type Change, sampleAt, scenarioWith, watched } from "../../rehearsal/scenario/seen";

jest.mock("../../../../rehearsal/folder");
jest.mock("../../../../rehearsal/servers");
jest.mock("../../../../providers/transport/deadline");

/** What was done to the rehearsal, in order. */
const done: string[] = [];
/** Seconds since the start; time passes while somebody sleeps. */
let now: number;
/** What the stage looks like at a moment. */
let seen: (at: number) => Change;
let samples: Sample[];
const watch: Watch = {
  get samples() {
    return samples;
  },
  seconds: () => now,
  reach: () => undefined,
  stop: () => Promise.resolve(),
};

beforeEach(() => {
  jest.resetAllMocks();
  done.length = 0;
  now = 0;
  seen = () => ({});
  samples = [sampleAt(0)];
  jest.mocked(sleep).mockImplementation((milliseconds, signal) => {
    signal?.throwIfAborted();
    for (const end = now + milliseconds / 1000; now < end;) {
      now += Math.min(0.5, end - now);
      samples.push(sampleAt(now, seen(now)));
    }
    return Promise.resolve();
  });
  jest.mocked(rehearsedInstances).mockResolvedValue(
    watched.servers.map(({ name, privateAddress }) => ({
      id: name,
      container: name,
      privateAddress,
    })),
  );
  jest.mocked(killInstances).mockImplementation((instances) => {
    done.push(`kill ${instances.map(({ id }) => id).join(" ")}`);
    return Promise.resolve();
  });
  jest.mocked(powerInstances).mockImplementation((_name, action, instances) => {
    if (instances.length > 0) done.push(`${action} ${instances.map(({ id }) => id).join(" ")}`);
    return Promise.resolve();
  });
  jest.mocked(setFaults).mockImplementation((_folder, faults) => {
    done.push(`faults ${JSON.stringify(faults)}`);
  });
});

/** Does steps. @returns what the report says of them */
async function run(
  lines: string,
  codes: readonly number[] = [],
  signal = new AbortController().signal,
) {
  const left = [...codes];
  return await runSteps(scenarioWith(`steps: [${lines}]`).steps, {
    ...{ rehearsal: { id: "staging", folder: "/cloud" }, watched, watch, signal },
    onStep: () => undefined,
    runHive: (words) => {
      done.push(`hive ${words.join(",")}`);
      return Promise.resolve(left.shift() ?? 0);
    },
  });
}

test("steps are done one after the other; what was taken down is started at the end", async () => {
  const steps = await run(
    "{ wait: 10s }, { kill-zone: a }, { stop-server: hive1 }, { run: 'up  --yes' }",
  );
  expect(steps).toEqual([
    { text: "wait 10s", from: 0, to: 10 },
    { text: "kill the zone eu-central-1a: s-hive0, s-hive3", from: 10, to: 10 },
    { text: "stop s-hive1", from: 10, to: 10 },
    { text: "hive up  --yes", from: 10, to: 10 },
  ]);
  expect(done).toEqual([
    "kill s-hive0 s-hive3",
    "StopInstances s-hive1",
    "hive up,--yes",
    "faults {}",
    "StartInstances s-hive0 s-hive1 s-hive3",
  ]);
});

test("what a step healed is not started again", async () => {
  await run("{ kill-zone: worst }, { heal: all }");
  expect(done).toEqual(["kill s-hive1", "faults {}", "StartInstances s-hive1", "faults {}"]);
});

test("errors of AWS are set, and taken back", async () => {
  const [step] = await run("{ fault: { call: 'ec2:*', code: Busy, times: 3, message: No. } }");
  expect(step?.text).toBe("AWS answers ec2:* with Busy, 3 times");
  expect(done).toEqual([
    'faults {"ec2:*":{"code":"Busy","message":"No.","status":503,"times":3}}',
    "faults {}",
  ]);
});

test("the first step that fails is the last one, and all is healed", async () => {
  const steps = await run("{ stop-server: hive2 }, { run: up }, { run: status }", [1]);
  expect(steps[1]).toMatchObject({ failure: "it ended with exit code 1; expected: 0." });
  expect(steps).toHaveLength(2);
  expect(done.slice(-1)).toEqual(["StartInstances s-hive2"]);
});

test("another exit code may be the expected one", async () => {
  const lines = "{ run: up, exit-codes: [1, 3] }, { run: up, exit-codes: [1, 3] }";
  expect((await run(lines, [3, 0])).map(({ failure }) => failure)).toEqual([
    undefined,
    "it ended with exit code 0; expected: 1 or 3.",
  ]);
});

test("a healing that fails does not cost the report", async () => {
  jest
    .mocked(powerInstances)
    .mockImplementation((_name, action) =>
      action === "StopInstances" ? Promise.resolve() : Promise.reject(new Error("no answer")),
    );
  expect(await run("{ stop-server: hive2 }")).toEqual([
    { text: "stop s-hive2", from: 0, to: 0 },
    { text: "start what was taken down", from: 0, to: 0, failure: "no answer" },
  ]);
});

test("an interruption ends the steps", async () => {
  const steps = await run(
    "{ wait: 10s }, { wait: 10s }",
    [],
    AbortSignal.abort(new Error("Interrupted.")),
  );
  expect(steps).toEqual([{ text: "wait 10s", from: 0, to: 0, failure: "Interrupted." }]);
});

describe("waiting until all services run", () => {
  test("ends when they did so for a while", async () => {
    seen = (at) => (at < 20 ? { down: ["s-hive2"] } : {});
    const [step] = await run("{ wait-until: all services run, within: 60s }");
    // Six seconds without an exception, so that one good answer among bad ones does not count.
    expect([step?.to, step?.failure]).toEqual([26, undefined]);
  });

  test("does not take a state from before for the answer", async () => {
    samples = [sampleAt(0)];
    expect((await run("{ wait-until: all services run }"))[0]?.to).toBeGreaterThan(6);
  });

  test("fails after its limit", async () => {
    seen = () => ({ down: ["s-hive2"] });
    const [step] = await run("{ wait-until: all services run, within: 30s }");
    expect(step).toMatchObject({ failure: "not within 30 s.", to: 30.5 });
  });

  test("has five minutes, if the step says nothing", async () => {
    seen = () => ({ down: ["s-hive2"] });
    const steps = await run("{ wait-until: all movable services run }");
    expect(steps[0]).toMatchObject({ failure: "not within 300 s." });
  });

  test("needs looks: a watch that saw nothing is no answer", async () => {
    samples = [];
    jest.mocked(sleep).mockImplementation(() => {
      now += 1;
      return Promise.resolve();
    });
    const signal = new AbortController().signal;
    await expect(untilSteady(watch, () => true, 20, signal)).rejects.toThrow("not within 20 s.");
  });
});
