import { judgeHosts, type HostOutcome } from "../../../../model/image/host-outcomes";

const present = (host: string): HostOutcome => ({ host, kind: "present" });
const away = (host: string): HostOutcome => ({ host, kind: "unreachable", reason: "no answer" });
const failed = (host: string): HostOutcome => ({ host, kind: "failed", reason: "unauthorized" });

describe("whether enough hosts have something", () => {
  test("all hosts have it", () => {
    expect(judgeHosts("image", [present("a"), present("b"), present("c")])).toEqual({
      kind: "done",
      missing: [],
    });
  });

  test("a minority that does not answer is remembered", () => {
    expect(judgeHosts("image", [present("a"), away("b"), present("c")])).toEqual({
      kind: "done",
      missing: ["b"],
    });
  });

  test.each([
    ["a majority", [away("a"), away("b"), present("c")]],
    ["one half", [away("a"), present("b")]],
    ["the only host", [away("a")]],
  ])("%s that does not answer is a failure that says what to do", (_what, outcomes) => {
    expect(judgeHosts("image", outcomes)).toMatchObject({
      kind: "failed",
      message: expect.stringMatching(/do not answer[^]*a: no answer[^]*Bring them back/),
    });
  });

  test("a host that answers and fails is a failure, which names only the hosts to see to", () => {
    expect(judgeHosts("image", [present("a"), failed("b"), away("c")])).toEqual({
      kind: "failed",
      message: "image could not be brought onto 1 of 3 hosts:\n  b: unauthorized",
    });
  });
});
