import { askAgain } from "../../../../providers/transport/again";
import { withDeadline } from "../../../../providers/transport/deadline";
import { transportError } from "../../../../providers/transport/errors";

const late = (): Error => transportError("deadline", "hive0", "not done in time");

describe("asking again", () => {
  test("goes on until there is an answer", async () => {
    let asked = 0;
    const answer = await askAgain(30, () =>
      ++asked < 3 ? Promise.reject(late()) : Promise.resolve(asked),
    );
    expect(answer).toBe(3);
  });

  test("stops at any other error", async () => {
    let asked = 0;
    const ask = (): Promise<never> => {
      asked++;
      return Promise.reject(transportError("login", "hive0", "no"));
    };
    await expect(askAgain(30, ask)).rejects.toThrow("no");
    expect(asked).toBe(1);
  });

  test("stops when the caller's own deadline is over, instead of asking thousands of times in the time that is left", async () => {
    let asked = 0;
    const work = withDeadline(0.05, late, (signal) =>
      askAgain(
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
