import { judgeSpread, type SpreadOutcome } from "../../../../model/image/host-spread";

const present = (host: string): SpreadOutcome => ({ host, kind: "present" });
const away = (host: string): SpreadOutcome => ({ host, kind: "unreachable", reason: "no answer" });
const failed = (host: string): SpreadOutcome => ({ host, kind: "failed", reason: "unauthorized" });

describe("whether something counts as spread", () => {
  test("all hosts have it", () => {
    expect(judgeSpread("image", [present("a"), present("b"), present("c")])).toEqual({
      kind: "done",
      missing: [],
    });
  });

  test("a minority that does not answer is remembered", () => {
    expect(judgeSpread("image", [present("a"), away("b"), present("c")])).toEqual({
      kind: "done",
      missing: ["b"],
    });
  });

  test.each([
    ["a majority", [away("a"), away("b"), present("c")]],
    ["one half", [away("a"), present("b")]],
    ["the only host", [away("a")]],
  ])("%s that does not answer is a failure that says what to do", (_what, outcomes) => {
    expect(judgeSpread("image", outcomes)).toMatchObject({
      kind: "failed",
      message: expect.stringMatching(/do not answer[^]*a: no answer[^]*Bring them back/),
    });
  });

  test("a host that answers and fails is a failure, which names only the hosts to see to", () => {
    expect(judgeSpread("image", [present("a"), failed("b"), away("c")])).toEqual({
      kind: "failed",
      message: "image could not be brought onto 1 of 3 hosts:\n  b: unauthorized",
    });
  });
});
