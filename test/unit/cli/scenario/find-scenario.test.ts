import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exitCodes } from "../../../../cli/exit-codes";
import { findScenario, shippedScenarios } from "../../../../cli/scenario/find-scenario";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "hive-scenario-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a scenario of hive is found by its name", () => {
  expect(shippedScenarios()).toEqual(["api-throttled", "rolling-replace", "zone-loss"]);
  for (const name of shippedScenarios()) expect(findScenario(name).name).toBe(name);
});

test("another one by its file", () => {
  const file = join(folder, "monday.yaml");
  writeFileSync(file, "name: monday\ndescription: x\nsteps: [{ heal: all }]\n");
  expect(findScenario(file).name).toBe("monday");
  writeFileSync(file, "name: monday\ndescription: x\nsteps: [{ heal: hive1 }]\n");
  expect(() => findScenario(file)).toThrow(`${file}: steps[0].heal\n  found:   "hive1"`);
});

test.each(["nothing.yaml", "."])(
  "%s is none, and the message names those that there are",
  (word) => {
    let thrown: unknown;
    try {
      findScenario(join(folder, word));
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({
      message: expect.stringContaining(
        "no such file, and those of hive are api-throttled, rolling-replace, zone-loss.",
      ) as string,
      exitCode: exitCodes.input,
    });
  },
);
