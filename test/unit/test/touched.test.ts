import { spawnSync } from "node:child_process";
import { join } from "node:path";

import { touched } from "../../touched";

const root = join(__dirname, "../../..");
const tests = {
  unit: ["test/unit/docs/page.test.ts", "test/unit/model/plan.test.ts"],
  contract: ["test/contract/image-build.test.ts", "test/contract/volume.test.ts"],
  integration: ["test/integration/images/am.test.ts", "test/integration/providers/volumes.test.ts"],
  e2e: ["test/e2e/another.test.ts", "test/e2e/loopback.test.ts", "test/e2e/private-stage.test.ts"],
};
const everyTest = Object.values(tests).flat();

/** All tests that a change of these files touches. */
const chosen = (changed: string[], related: string[] = []): string[] =>
  Object.values(touched({ changed, related, tests })).flatMap(({ files }) => files);

describe("what a change touches", () => {
  test("a test that imports what changed, on every level", () => {
    const related = ["test/unit/model/plan.test.ts", "test/contract/volume.test.ts"];
    expect(chosen(["test/proves.ts"], related)).toEqual(related);
  });

  test("all stages, when a room changes through which all go; of the rest, what imports it", () => {
    expect(chosen(["providers/volume/client.ts"], ["test/contract/volume.test.ts"])).toEqual([
      "test/contract/volume.test.ts",
      "test/e2e/another.test.ts",
      "test/e2e/private-stage.test.ts",
    ]);
  });

  test("the loopback stage, when fleets change", () => {
    expect(chosen(["fleet/container/servers.ts"])).toEqual(tests.e2e);
  });

  test("what is read and not imported: an image's files, a page, the servers' own programs", () => {
    expect(chosen(["site/images/am/Dockerfile"])).toEqual([
      "test/unit/model/plan.test.ts",
      "test/contract/image-build.test.ts",
      "test/integration/images/am.test.ts",
      "test/e2e/another.test.ts",
      "test/e2e/private-stage.test.ts",
    ]);
    expect(chosen(["docs/inventory.md"])).toEqual(["test/unit/docs/page.test.ts"]);
    expect(chosen(["platform/agents/scheduler"])).toEqual([...tests.integration, ...tests.e2e]);
  });

  test("a level whose recorded answers, images or snapshots changed", () => {
    expect(chosen(["test/contract/__snapshots__/x.test.ts.snap"])).toEqual(tests.contract);
    expect(chosen(["test/integration/task-image/task"])).toEqual(tests.integration);
  });

  test.each(["package-lock.json", "jest.config.js", "tsconfig.json"])(
    "everything, when %s changes",
    (path) => expect(chosen([path])).toEqual(everyTest),
  );

  test("nothing, when only what nobody reads changes; each level says why it leaves its files out", () => {
    const choices = touched({ changed: ["LICENSE"], related: [], tests });
    expect(choices["unit"]).toEqual({
      files: [],
      leftOut: tests.unit,
      why: "they neither import nor read what changed",
    });
    expect(choices["e2e"]?.why).toMatch(/rooms that they cover/);
    const whole = touched({ changed: ["tsconfig.json"], related: [], tests });
    expect(whole["unit"]).toEqual({ files: tests.unit, leftOut: [], why: "" });
  });
});

describe("npm test -- --since", () => {
  const run = (...args: string[]): { code: number | null; output: string } => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ["test/run.js", ...args], {
      cwd: root,
      encoding: "utf8",
    });
    return { code: status, output: `${stdout}${stderr}` };
  };

  test("refuses a revision that is none, and says what to write", () => {
    const { code, output } = run("--since", "no-such-revision");
    expect(code).toBe(2);
    expect(output).toBe(
      "--since no-such-revision: git knows no such commit here. Write a commit, a branch or a tag, for example --since HEAD~1.\n",
    );
    expect(run("--since")).toEqual({ code: 2, output: "--since: write a revision after it.\n" });
  });

  test("refuses a level that is none", () => {
    const { code, output } = run("unti", "--since", "HEAD");
    expect(code).toBe(2);
    expect(output).toContain("Unknown level unti. Levels: lint, unit,");
  });
});
