import { askWithRetries } from "../../../../providers/transport/ask-with-retries";
import { withDeadline } from "../../../../providers/transport/deadline";
import { transportError } from "../../../../providers/transport/errors";

const late = (): Error => transportError("deadline", "hive0", "not done in time");

describe("asking again", () => {
  test("goes on until there is an answer", async () => {
    let asked = 0;
    const answer = await askWithRetries(30, () =>
      ++asked < 3 ? Promise.reject(late()) : Promise.resolve(asked),
    );
    expect(answer).toBe(3);
  });

  test("goes on while the Swarm elects a leader, and ends with what the manager said", async () => {
    const refused = new Error("rpc error: The swarm does not have a leader. It is possible ...");
    let asked = 0;
    const elected = await askWithRetries(30, () =>
      ++asked < 3 ? Promise.reject(refused) : Promise.resolve(asked),
    );
    expect(elected).toBe(3);
    await expect(askWithRetries(1.2, () => Promise.reject(refused))).rejects.toThrow(refused);
    const stopped = new AbortController();
    const answer = askWithRetries(30, () => Promise.reject(refused), stopped.signal);
    setTimeout(() => stopped.abort(new Error("another one answered")), 50);
    await expect(answer).rejects.toThrow(refused);
  });

  test("leaves it at the word of one who has asked all managers", async () => {
    let asked = 0;
    const ask = (): Promise<never> => {
      asked++;
      const reason = "No manager:\n- hive0: The swarm does not have a leader";
      return Promise.reject(transportError("manager", "hive0", reason));
    };
    await expect(askWithRetries(30, ask)).rejects.toThrow("No manager");
    expect(asked).toBe(1);
  });

  test("stops at any other error", async () => {
    let asked = 0;
    const ask = (): Promise<never> => {
      asked++;
      return Promise.reject(transportError("login", "hive0", "no"));
    };
    await expect(askWithRetries(30, ask)).rejects.toThrow("no");
    expect(asked).toBe(1);
  });

  test("stops when the caller's own deadline is over, instead of asking thousands of times in the time that is left", async () => {
    let asked = 0;
    const work = withDeadline(0.05, late, (signal) =>
      askWithRetries(
        30,
        () => {
          asked++;
          return withDeadline(4, late, () => new Promise<never>(() => undefined), signal);
        },
        signal,
      ),
    );
    await expect(work).rejects.toThrow("not done in time");
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(asked).toBe(1);
  });
});
