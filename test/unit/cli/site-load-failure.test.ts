import { execFileSync } from "node:child_process";
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { siteLoadFailure } from "../../../cli/site-load-failure";

const load =
  "try { require(process.argv[1]); } catch (error) { const { message, stack, requireStack } = error; " +
  "process.stdout.write(JSON.stringify({ message, stack, requireStack })); }";

/** What Node throws when it loads a file of this name and content. */
function thrownBy(folder: string, name: string, content: string): Error {
  const file = join(folder, name);
  writeFileSync(file, content);
  const thrown = execFileSync(process.execPath, ["-e", load, file], { encoding: "utf8" });
  return Object.assign(new Error(), JSON.parse(thrown) as Partial<Error>);
}

describe("a site that cannot be loaded", () => {
  let project: string;
  beforeEach(() => {
    project = mkdtempSync(join(tmpdir(), "hive-site-"));
    mkdirSync(join(project, "site"));
    mkdirSync(join(project, "model"));
  });
  afterEach(() => rmSync(project, { recursive: true, force: true }));

  test("because of a name that is not there is told with its place", () => {
    const error = thrownBy(project, "site/am.js", "module.exports = {\n  image: imge,\n};\n");
    expect(siteLoadFailure(error, project)).toMatch(/^site\/am\.js:2: imge is not defined$/m);
  });

  test("because of a file that is not there is told with the file that wants it", () => {
    const error = thrownBy(project, "site/site.js", 'require("./services/ldpa");\n');
    const text = siteLoadFailure(error, project);
    expect(text).toMatch(/^site\/site\.js: Cannot find module '\.\/services\/ldpa'$/m);
    expect(text).not.toContain("Require stack");
  });

  test("because it is no TypeScript is told in the compiler's words", () => {
    const error = Object.assign(
      new Error("⨯ Unable to compile TypeScript:\nsite/am.ts(3,1): error TS1005: '}' expected.\n"),
      { name: "TSError" },
    );
    const text = siteLoadFailure(error, project);
    expect(text).toContain("site/am.ts(3,1): error TS1005: '}' expected.");
    expect(text).toMatch(/nothing was changed/);
  });

  test("because of hive itself is no slip of the user", () => {
    const error = thrownBy(project, "model/plan.js", "undefined.x;\n");
    expect(siteLoadFailure(error, project)).toBeUndefined();
  });
});
