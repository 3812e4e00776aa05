import type Dockerode from "dockerode";

import { restartRollout } from "../../../../providers/swarm-service/client";

/** An engine that answers an update of its one service like this. */
function engine(update: (options: object) => Promise<unknown>): Dockerode {
  const inspect = (): Promise<unknown> =>
    Promise.resolve({ ID: "id", Version: { Index: 7 }, Spec: { UpdateConfig: { Delay: 4 } } });
  return {
    getService: () => ({ inspect, update: (_auth: unknown, options: object) => update(options) }),
  } as unknown as Dockerode;
}

describe("a roll-out that is begun anew", () => {
  test("changes the pause by a nanosecond and nothing else", async () => {
    const update = jest.fn().mockResolvedValue(undefined);
    await restartRollout(engine(update), "id");
    expect(update).toHaveBeenCalledWith({
      _query: { version: 7 },
      _body: { UpdateConfig: { Delay: 5 } },
    });
  });

  test("is left to the next look when another writer came in between", async () => {
    const late = new Error(
      "(HTTP code 500) rpc error: code = Unknown desc = update out of sequence",
    );
    const update = jest.fn().mockRejectedValue(late);
    await restartRollout(engine(update), "id");
    expect(update).toHaveBeenCalledTimes(1);
  });

  test("fails with any other error", async () => {
    const docker = engine(() => Promise.reject(new Error("no such service")));
    await expect(restartRollout(docker, "id")).rejects.toThrow("no such service");
  });
});
