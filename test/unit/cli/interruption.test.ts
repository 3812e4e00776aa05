import type { ChildProcess } from "node:child_process";
import { Interruption } from "../../../cli/pulumi/interruption";

let now = 0;
beforeEach(() => {
  now = 10_000;
  jest.spyOn(performance, "now").mockImplementation(() => now);
});
afterEach(() => jest.restoreAllMocks());

function begin() {
  const sent: unknown[] = [];
  const told: string[] = [];
  const child = {
    pid: undefined,
    kill: (signal: unknown) => sent.push(signal),
  } as unknown as ChildProcess;
  const interruption = new Interruption(child, {
    first: () => told.push("first"),
    second: () => told.push("second"),
  });
  const press = (after: number, signal: "SIGINT" | "SIGTERM" = "SIGINT") => {
    now += after;
    process.emit(signal);
  };
  return { interruption, sent, told, press };
}

test("the first Ctrl-C lets the engine finish, the second one ends it, later ones do nothing", () => {
  const { interruption, sent, told, press } = begin();
  expect(interruption.requested).toBe(false);
  for (const after of [1000, 1000, 1000]) press(after);
  interruption.finish();
  expect(sent).toEqual(["SIGINT", "SIGINT"]);
  expect(told).toEqual(["first", "second"]);
  expect(interruption.requested).toBe(true);
});

test("one key press that arrives twice, from the terminal and through npm, counts once", () => {
  const { interruption, sent, press } = begin();
  press(1000);
  press(50);
  interruption.finish();
  expect(sent).toEqual(["SIGINT"]);
});

test("being told to end is like Ctrl-C: the engine must not be left behind", () => {
  const { interruption, sent, press } = begin();
  press(1000, "SIGTERM");
  interruption.finish();
  expect(sent).toEqual(["SIGINT"]);
});

test("when the run is over, Ctrl-C has its usual meaning again", () => {
  const before = process.listenerCount("SIGINT");
  const { interruption } = begin();
  expect(process.listenerCount("SIGINT")).toBe(before + 1);
  interruption.finish();
  expect(process.listenerCount("SIGINT")).toBe(before);
});
