import { askWithRetries } from "../../../../providers/transport/ask-with-retries";
import { sleep, withDeadline } from "../../../../providers/transport/deadline";
import { transportError } from "../../../../providers/transport/errors";

const late = (): Error => new Error("too late");

describe("withDeadline", () => {
  test("gives the result of work that is done in time", async () => {
    await expect(withDeadline(5, late, () => Promise.resolve(7))).resolves.toBe(7);
  });

  test("without a limit, work goes on until it ends or the caller ends it", async () => {
    await expect(withDeadline(Infinity, late, () => sleep(30).then(() => 7))).resolves.toBe(7);
    const caller = new AbortController();
    setTimeout(() => caller.abort(new Error("enough")), 10);
    const forever = (): Promise<never> => new Promise(() => undefined);
    await expect(withDeadline(Infinity, late, forever, caller.signal)).rejects.toThrow("enough");
  });

  test("ends work that does not heed its signal, and aborts the signal with the error", async () => {
    let seen: AbortSignal | undefined;
    const work = withDeadline(0.01, late, (signal) => {
      seen = signal;
      return new Promise(() => undefined);
    });
    await expect(work).rejects.toThrow("too late");
    expect(seen?.reason).toMatchObject({ message: "too late" });
  });

  test("ends with the caller's reason when the caller gives up", async () => {
    const caller = new AbortController();
    const work = withDeadline(5, late, () => new Promise(() => undefined), caller.signal);
    caller.abort(new Error("interrupted"));
    await expect(work).rejects.toThrow("interrupted");
  });

  test("leaves no timer behind", async () => {
    jest.useFakeTimers();
    try {
      await withDeadline(60, late, () => Promise.resolve());
      await expect(withDeadline(60, late, () => Promise.reject(late()))).rejects.toThrow();
      expect(jest.getTimerCount()).toBe(0);
    } finally {
      jest.useRealTimers();
    }
  });

  test("lets many wait under one limit without a warning", async () => {
    const warned: Error[] = [];
    const note = (warning: Error): number => warned.push(warning);
    process.on("warning", note);
    const pauses = (signal: AbortSignal): Promise<void>[] =>
      Array.from({ length: 20 }, () => sleep(1, signal));
    await withDeadline(5, late, (signal) => Promise.all(pauses(signal)));
    await sleep(1);
    process.off("warning", note);
    expect(warned).toEqual([]);
  });
});

describe("askWithRetries", () => {
  const slow = (): Promise<never> =>
    Promise.reject(transportError("deadline", "hive0", "too slow"));

  test("asks once more when the answer came too late", async () => {
    let asked = 0;
    const answer = await askWithRetries(30, () =>
      ++asked === 1 ? slow() : Promise.resolve("yes"),
    );
    expect([answer, asked]).toEqual(["yes", 2]);
  });

  test("does not ask again a host that cannot be reached", async () => {
    let asked = 0;
    const answer = askWithRetries(30, () => {
      asked++;
      return Promise.reject(transportError("unreachable", "hive0", "no way to it"));
    });
    await expect(answer).rejects.toThrow("no way to it");
    expect(asked).toBe(1);
  });

  test("ends when the time is up", async () => {
    await expect(askWithRetries(0.5, slow)).rejects.toThrow("too slow");
  });
});
