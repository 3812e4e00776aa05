import { setTimeout as pause } from "node:timers/promises";
import { admission, handshakesAtOnce } from "../../../toolchain/plugins/command/ssh-admission";
import { withRetries } from "../../../toolchain/plugins/command/ssh-dial";

const never = () => new AbortController().signal;

describe("attempts", () => {
  const failing = () => {
    const calls: number[] = [];
    return { calls, attempt: () => Promise.reject(new Error(`refused ${calls.push(0)}`)) };
  };

  test.each([
    [0, 1],
    [1, 2],
    [3, 4],
  ])("dialErrorLimit %i makes %i attempts", async (limit, attempts) => {
    const { calls, attempt } = failing();
    const told: string[] = [];
    await expect(
      withRetries("root@h:22", limit, never(), (text) => told.push(text), attempt),
    ).rejects.toThrow(
      new RegExp(
        `^root@h:22: no connection after ${attempts} attempts in .* \\(dialErrorLimit ${limit}\\): refused ${attempts}$`,
      ),
    );
    expect(calls).toHaveLength(attempts);
    expect(told).toHaveLength(limit);
  });

  test("-1 goes on until it works", async () => {
    let attempts = 0;
    const told: string[] = [];
    const done = await withRetries(
      "root@h:22",
      -1,
      never(),
      (text) => told.push(text),
      () => {
        attempts += 1;
        return attempts < 4 ? Promise.reject(new Error("not yet")) : Promise.resolve("connected");
      },
    );
    expect(done).toBe("connected");
    expect(told[0]).toBe("Dial 1/inf of root@h:22 failed: not yet: retrying");
  });

  test("-1 ends with the operation, also in a pause", async () => {
    const controller = new AbortController();
    const { attempt } = failing();
    const dialing = withRetries("root@h:22", -1, controller.signal, () => {}, attempt);
    await pause(150);
    controller.abort(new Error("cancelled"));
    await expect(dialing).rejects.toThrow(/^root@h:22: given up after .* s: cancelled$/);
  });
});

describe("handshakes with one server", () => {
  const server = { host: "10.0.0.1", port: 22 };

  test("there are never more than the limit, and all get their turn", async () => {
    let running = 0;
    let most = 0;
    const handshakes = Array.from({ length: 30 }, (_, index) =>
      admission(server, never(), async () => {
        running += 1;
        most = Math.max(most, running);
        await pause(5);
        running -= 1;
        return index;
      }),
    );
    expect(await Promise.all(handshakes)).toEqual(Array.from({ length: 30 }, (_, index) => index));
    expect(most).toBe(handshakesAtOnce);
  });

  test("failed and given up ones leave no place taken", async () => {
    const controller = new AbortController();
    const release: Array<() => void> = [];
    const first = Array.from({ length: handshakesAtOnce }, () =>
      admission(
        server,
        never(),
        () => new Promise((_resolve, reject) => release.push(() => reject(new Error("no")))),
      ),
    );
    const waiting = [1, 2, 3].map(() =>
      admission(server, controller.signal, () => Promise.resolve("late")),
    );
    const last = admission(server, never(), () => Promise.resolve("connected"));
    controller.abort(new Error("cancelled"));
    for (const each of waiting) {
      await expect(each).rejects.toThrow("cancelled");
    }
    release.forEach((reject) => reject());
    await Promise.allSettled(first);
    await expect(last).resolves.toBe("connected");
  });

  test("another server does not wait", async () => {
    let release = () => {};
    const busy = Array.from({ length: handshakesAtOnce }, () =>
      admission(server, never(), () => new Promise<void>((resolve) => (release = resolve))),
    );
    await expect(
      admission({ ...server, port: 23 }, never(), () => Promise.resolve("there")),
    ).resolves.toBe("there");
    expect(busy).toHaveLength(handshakesAtOnce);
    release();
  });
});
