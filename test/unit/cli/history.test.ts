import { hasFailedSinceRefresh, lastKnownMoment } from "../../../cli/pulumi/history";

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

test.each([
  ["no run", [], undefined],
  ["the end of one that succeeded", ["succeeded 10 11", "succeeded 08 09"], 11],
  ["the start of one that did not", ["failed 12 13", "succeeded 10 11"], 12],
  ["of one that was killed and cancelled later", ["in-progress 12 20"], 12],
])("what is younger was made by the last run: %s", (_what, runs, hour) => {
  const history = runs.map((run) => {
    const [result, start, end] = run.split(" ");
    const at = (hours?: string) => `2026-12-03T${hours}:00:00.000Z`;
    return { kind: "update", result, startTime: at(start), endTime: at(end) };
  });
  expect(lastKnownMoment(JSON.stringify(history))).toEqual(
    hour === undefined ? undefined : new Date(Date.UTC(2026, 11, 3, hour)),
  );
});
