import { readFileSync } from "node:fs";
import { join } from "node:path";
import { shippedScenarios } from "../../../cli/scenario/find-scenario";
import { readScenario } from "../../../rehearsal/scenario/read";
import { conditions, scenarioSchema } from "../../../rehearsal/scenario/schema";

const page = readFileSync(join(__dirname, "../../../docs/scenarios.md"), "utf8");
const examples = [...page.matchAll(/^```yaml\n([^]*?)^```$/gm)].map(([, text = ""]) => text);
const rows = page.split("\n").filter((line) => line.startsWith("| `"));
const { steps, watch, expect: expected } = scenarioSchema.shape;
const stepKeys = Object.keys(steps.element.shape);

/** What the page says of a key. */
const said = (key: string): string => rows.find((row) => row.startsWith(`| \`${key}\` |`)) ?? "";

describe("docs/scenarios.md", () => {
  it("has one example, which is right", () => {
    expect(examples).toHaveLength(1);
    const scenario = readScenario(examples[0] ?? "", "monday.yaml");
    expect(scenario.name).toBe("monday");
    // With every key that a scenario and a step may have.
    const used = scenario.steps.flatMap((step) => Object.keys(step));
    expect([...new Set(used)].sort()).toEqual([...stepKeys].sort());
    expect([scenario.watch.services, scenario.expect.maximumOutage]).toEqual([
      ["gate", "portal"],
      "90s",
    ]);
  });

  it("names every scenario that ships", () => {
    expect(shippedScenarios().filter((name) => said(name) === "")).toEqual([]);
  });

  it("explains every key", () => {
    const keys = [
      ...Object.keys(scenarioSchema.shape).filter((key) => key !== "watch" && key !== "expect"),
      ...Object.keys(watch.unwrap().shape).map((key) => `watch.${key}`),
      ...Object.keys(expected.unwrap().shape).map((key) => `expect.${key}`),
      ...stepKeys.filter((key) => key !== "within" && key !== "exit-codes"),
    ];
    expect(keys.filter((key) => said(key) === "")).toEqual([]);
    expect(page).toContain("| `run` | `within`");
    expect(page).toContain("| `wait-until` | `within`");
    expect(page).toContain("| `run` | `exit-codes`");
  });

  it("names the conditions and the defaults that hold", () => {
    for (const condition of conditions) expect(said("wait-until")).toContain(`\`${condition}\``);
    const small = readScenario(
      "name: a\ndescription: b\nsteps: [{ fault: { call: 'ec2:*', code: c, times: 1 } }]",
      "a",
    );
    expect(said("watch.every")).toContain(`| \`${small.watch.every}\` |`);
    expect(said("fault")).toContain(`default ${small.steps[0]?.fault?.status}`);
    expect(small.expect.lost).toEqual([]);
  });
});
