import { steadyProgress } from "../../../../providers/progress/steady-progress";

beforeEach(() => jest.useFakeTimers({ now: 1_000_000 }));
afterEach(() => jest.useRealTimers());

describe("progress of long work", () => {
  test("is told at once, then every two seconds with what is newest", () => {
    const told: string[] = [];
    const progress = steadyProgress("image web", (text) => told.push(text));
    for (let step = 1; step <= 50; step++) {
      progress.say(`step ${step}`);
      jest.advanceTimersByTime(100);
    }
    progress.end();
    expect(told).toEqual(["image web: step 1", "image web: step 20", "image web: step 40"]);
  });

  test("is not told twice, and nothing after the end", () => {
    const told: string[] = [];
    const progress = steadyProgress("image web", (text) => told.push(text));
    progress.say("one");
    progress.say("one");
    jest.advanceTimersByTime(3000);
    progress.say("two");
    progress.say("three");
    progress.end();
    jest.advanceTimersByTime(3000);
    expect(told).toEqual(["image web: one", "image web: two"]);
    expect(jest.getTimerCount()).toBe(0);
  });

  test("is one readable line, whatever a step prints", () => {
    const told: string[] = [];
    const progress = steadyProgress("image web", (text) => told.push(text));
    progress.say("x".repeat(1000));
    progress.end();
    expect(told[0]).toHaveLength(160);
  });
});
