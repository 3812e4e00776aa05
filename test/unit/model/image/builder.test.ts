import { needsBuildKit } from "../../../../model/image/builder";

describe("the builder of an image", () => {
  test.each([
    ["FROM debian\nRUN make --mount=x\nENV X=1", [], false],
    ["FROM debian\n# RUN --mount=type=cache is not used here", [], false],
    ["FROM debian", ["token"], true],
    ["# syntax=docker/dockerfile:1\nFROM debian", [], true],
    ["FROM debian\n  run --mount=type=cache,target=/x make", [], true],
    ["FROM debian\nRUN --network=none make", [], true],
  ])("%j with secrets %j: BuildKit %s", (dockerfile, secrets, expected) => {
    expect(needsBuildKit(dockerfile, secrets)).toBe(expected);
  });
});
