import { hasFailedSinceRefresh } from "../../../cli/pulumi/history";

test.each([
  ["no run at all", [], false],
  ["a run that went well", ["update succeeded"], false],
  ["one that failed", ["update failed", "update succeeded"], true],
  ["one that failed, before a release of one service", ["update succeeded", "update failed"], true],
  [
    "one that failed, before a look at what is there",
    ["refresh succeeded", "update failed"],
    false,
  ],
  ["a look that failed", ["refresh failed"], true],
  ["a run that was cut off", ["update in-progress"], true],
])("%s", (_what, runs, expected) => {
  const history = runs.map((run) => {
    const [kind, result] = run.split(" ");
    return { kind, result };
  });
  expect(hasFailedSinceRefresh(JSON.stringify(history))).toBe(expected);
});

test("a stack without history", () => {
  expect(hasFailedSinceRefresh("null")).toBe(false);
});
