import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { archiveOf, releaseServer, type ReleaseServer } from "./release-server";
import { projectRoot, runModule } from "./run-module";
import { temporaryFolder } from "./temporary-folder";

const folder = temporaryFolder("actionlint");
const toolchain = path.join(projectRoot, "toolchain");
const pin = (
  JSON.parse(readFileSync(path.join(toolchain, "versions.json"), "utf8")) as {
    actionlint: { version: string; module: string };
  }
).actionlint;
const { version } = pin;

interface Result {
  status: string;
  detail?: string;
  message?: string;
  remedy?: string[];
  /** What the program prints that was got. */
  says?: string;
}

let server: ReleaseServer;
beforeEach(async () => {
  server = await releaseServer();
});
afterEach(() => server.close());

/** Runs the step with a cache of its own, on a computer without Go. */
function run(cache: string, more: NodeJS.ProcessEnv = {}): Promise<Result> {
  return runModule<Result>(
    `
    import { execFileSync } from "node:child_process";
    import { runGraph } from "./toolchain/mechanics/graph.mjs";
    import { openProject } from "./toolchain/mechanics/project.mjs";
    import { actionlintStep, findActionlint } from "./toolchain/steps/actionlint.mjs";
    const project = openProject();
    const signal = new AbortController().signal;
    const [{ status, outcome, error }] = await runGraph([actionlintStep(project)], { signal });
    const file = findActionlint(project);
    const says = file && execFileSync(file, ["-version"], { encoding: "utf8" });
    result({ status, detail: outcome?.detail, message: error?.message, remedy: error?.remedy, says });`,
    {
      PATH: "/bin:/usr/bin",
      HOME: folder,
      HIVE_CACHE: path.join(folder, cache),
      HIVE_DOWNLOADS: server.url,
      HIVE_GO: "none",
      ...more,
    },
  );
}

/** A PATH with an actionlint of some version. */
function pathWith(installed: string): string {
  const bin = path.join(folder, `bin-${installed}`);
  mkdirSync(bin, { recursive: true });
  const file = path.join(bin, "actionlint");
  writeFileSync(file, `#!/bin/sh\necho ${installed}\necho installed by somebody\n`);
  chmodSync(file, 0o755);
  return `${bin}:/bin:/usr/bin`;
}

describe("actionlint", () => {
  it("is built from the version that is named, with its checksum", () => {
    const read = (name: string): string =>
      readFileSync(path.join(toolchain, pin.module, name), "utf8");
    expect(read("go.mod")).toContain(`\tgithub.com/rhysd/actionlint v${version} `);
    expect(read("go.sum")).toContain(`github.com/rhysd/actionlint v${version} h1:`);
  });

  it("is copied from the PATH in exactly that version, and found by the next run", async () => {
    const first = await run("copied", { PATH: pathWith(version) });
    expect(first.detail).toContain(`${version} copied from the PATH`);
    expect(server.asked).toEqual([]);
    expect(await run("copied")).toMatchObject({ status: "done", says: first.says });
  });

  it("is downloaded and verified; another version on the PATH does not count", async () => {
    const names = await runModule<string>(`
      import { releasePlatform } from "./toolchain/mechanics/download.mjs";
      result(releasePlatform(process.platform + "-" + process.arch).plugin.replace("-", "_"));`);
    const release = `/github/rhysd/actionlint/releases/download/v${version}`;
    const name = `actionlint_${version}_${names}.tar.gz`;
    const { archive, sha256 } = archiveOf(folder, ["actionlint"], version);
    server.files.set(`${release}/${name}`, archive);
    server.files.set(
      `${release}/actionlint_${version}_checksums.txt`,
      Buffer.from(`${sha256}  ${name}\n`),
    );
    const env = { PATH: pathWith("1.0.0") };
    expect(await run("downloaded", env)).toMatchObject({
      status: "done",
      detail: `${version} downloaded (checksum verified)`,
      says: `v${version}\n`,
    });
    server.asked.length = 0;
    expect((await run("downloaded", env)).status).toBe("done");
    expect(server.asked).toEqual([]);
  });

  it("that cannot be had is an error that says what to do, and nothing of Pulumi", async () => {
    const { status, message, remedy, says } = await run("none", { HIVE_DOWNLOADS: "none" });
    expect({ status, says }).toEqual({ status: "failed", says: undefined });
    expect(message).toMatch(/^Neither a download nor a build of actionlint .* Go is not installed/);
    expect(remedy?.join("\n")).toContain(`or put actionlint ${version} on the PATH;`);
    expect(remedy?.join("\n")).not.toMatch(/pulumi/i);
  });

  it.each([
    ["all", false],
    ["lint", true],
    ["tests", true],
  ])("is a part of the group %s: %j; a stage never needs it", async (group, isPart) => {
    const names = await runModule<string[]>(`
      import { stepsOf } from "./toolchain/steps/all.mjs";
      import { openProject } from "./toolchain/mechanics/project.mjs";
      result(stepsOf(openProject(), [${JSON.stringify(group)}]).map(({ name }) => name));`);
    expect(names.includes("actionlint")).toBe(isPart);
  });
});
