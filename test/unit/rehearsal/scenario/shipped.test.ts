import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readScenario } from "../../../../rehearsal/scenario/read";

const folder = join(__dirname, "../../../../rehearsal/scenarios");
const files = readdirSync(folder).sort();
const scenario = (file: string) => readScenario(readFileSync(join(folder, file), "utf8"), file);

test("three scenarios ship with hive", () => {
  expect(files).toEqual(["api-throttled.yaml", "rolling-replace.yaml", "zone-loss.yaml"]);
});

test.each(files)("%s is right, and has the name of its file", (file) => {
  const { name, expect: expected } = scenario(file);
  expect(`${name}.yaml`).toBe(file);
  // Each says how long an outage may be, and counts everything that is lost as a problem.
  expect(expected).toEqual({ maximumOutage: "60s", lost: [] });
});

test.each(files)(
  "%s ends with a stage that is whole, and no command of it waits for an answer",
  (file) => {
    const { steps } = scenario(file);
    expect(steps.slice(-2)).toEqual([
      { "wait-until": "all services run", within: "5m" },
      { run: "status" },
    ]);
    for (const { run } of steps)
      if (run !== undefined && run !== "status") expect(run).toMatch(/ --yes$/);
  },
);

test("zone-loss kills the worst zone, and waits for what can move before it heals", () => {
  expect(scenario("zone-loss.yaml").steps.map((step) => Object.keys(step)[0])).toEqual([
    ...["wait", "kill-zone", "wait-until", "wait", "heal", "wait-until", "run"],
  ]);
});
