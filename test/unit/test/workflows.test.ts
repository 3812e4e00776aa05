import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";

import { workflowProblems } from "../../workflows";
import { projectRoot, runModule } from "../toolchain/run-module";
import { temporaryFolder } from "../toolchain/temporary-folder";

const folder = temporaryFolder("workflows");

/** A project whose only workflow does these steps. */
function projectWith(name: string, steps: string): string {
  const root = path.join(folder, name);
  mkdirSync(path.join(root, ".github/workflows"), { recursive: true });
  writeFileSync(
    path.join(root, ".github/workflows/planted.yml"),
    `on: pull_request
jobs:
  planted:
    runs-on: \${{ vars.HIVE_RUNNER }}
    steps:
${steps}
`,
  );
  return root;
}

/** A stand-in for actionlint. */
function program(name: string, script: string): string {
  const file = path.join(folder, name);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}

describe("workflows, by the real actionlint", () => {
  let actionlint = "";
  beforeAll(async () => {
    // `npm run test:unit` has got it before; otherwise it is got here.
    actionlint = await runModule<string>(`
      import { ensure } from "./toolchain/mechanics/ensure.mjs";
      import { openProject } from "./toolchain/mechanics/project.mjs";
      import { findActionlint } from "./toolchain/steps/actionlint.mjs";
      const project = openProject();
      if ((await ensure(project, ["lint"], { quiet: true })) !== 0) throw new Error("no actionlint");
      result(findActionlint(project));`);
  });

  test("those of this project have no problem, nor has a sound one", async () => {
    const sound = projectWith("sound", "      - run: echo ${{ github.sha }}");
    expect(await workflowProblems(projectRoot, actionlint)).toEqual([]);
    expect(await workflowProblems(sound, actionlint)).toEqual([]);
  });

  test.each([
    ["an unknown context", "- run: echo ${{ vers.STAGE }}", 'undefined variable "vers"'],
    ["the output of no step", "- run: echo ${{ steps.x.outputs.y }}", 'property "x" is not'],
    ["a misspelt key", "- run: echo\n        evn: { A: b }", 'unexpected key "evn"'],
    [
      "a text of anybody in a script",
      "- run: echo ${{ github.event.pull_request.title }}",
      "potentially untrusted",
    ],
  ])("%s is found", async (what, step, problem) => {
    const root = projectWith(what, `      ${step}`);
    const problems = await workflowProblems(root, actionlint);
    expect(problems.join("\n")).toContain(problem);
    expect(problems[0]).toMatch(/^\.github\/workflows\/planted\.yml:\d+:\d+: /);
  });
});

describe("workflows that could not be checked are a problem", () => {
  const root = projectWith("unread", "      - run: echo");

  test.each([
    ["no actionlint", root, undefined, /^actionlint is not here\. Get it: node toolchain\/run/],
    ["no workflow", folder, "/bin/true", /has no workflow$/],
    ["an actionlint that cannot start", root, "/nowhere/actionlint", /ENOENT/],
    ["one that fails without a word", root, "/bin/false", /did not end as it should \(1\)$/],
    ["one that reads not all", root, program("fatal", "echo no; exit 3"), /should \(3\)\nno$/],
    ["one that is killed", root, program("killed", "kill -9 $$"), /should \(SIGKILL\)$/],
  ])("%s", async (_what, where, actionlint, problem) => {
    expect((await workflowProblems(where, actionlint)).join("\n")).toMatch(problem);
  });
});
