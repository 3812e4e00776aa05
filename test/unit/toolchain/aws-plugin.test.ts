import { chmodSync, mkdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { projectRoot, runModule } from "./run-module";
import { temporaryFolder } from "./temporary-folder";

const folder = temporaryFolder("aws-plugin");
const provider = path.join(projectRoot, "rehearsal/provider");
const bridge = path.join(projectRoot, "toolchain/modules/bridge");

/** Modules of which the AWS provider needs a newer version than the other plugins. */
const newer = ["github.com/hashicorp/aws-sdk-go-base/v2", "github.com/shopspring/decimal"];

/** The version of each module that a `go.mod` names. */
function versions(module: string): Map<string, string> {
  const text = readFileSync(path.join(module, "go.mod"), "utf8");
  return new Map(
    [...text.matchAll(/^\t(\S+) (v\S+)/gm)].map(([, name = "", version = ""]) => [name, version]),
  );
}

/** A stand-in for Go: it answers as `go mod download -json` does. */
function fakeGo(answer: object): NodeJS.ProcessEnv {
  const file = path.join(folder, "go");
  writeFileSync(
    file,
    `#!/bin/sh\ncase "$2" in\nGOVERSION) echo go1.26.8;;\nGOTOOLCHAIN) echo auto;;\n*) echo '${JSON.stringify(answer)}';;\nesac\n`,
  );
  chmodSync(file, 0o755);
  return {
    ...process.env,
    HIVE_GO: file,
    HIVE_DOWNLOADS: "none",
    HIVE_CACHE: path.join(folder, "cache"),
    PULUMI_HOME: path.join(folder, "no-home"),
  };
}

describe("the build of the aws plugin", () => {
  it("takes the modules of the other plugins in the same versions, so that they are compiled once", () => {
    const [ours, theirs] = [versions(provider), versions(bridge)];
    const shared = [...ours.keys()].filter((name) => theirs.has(name));
    expect(shared.length).toBeGreaterThan(100);
    expect(shared.filter((name) => ours.get(name) !== theirs.get(name)).sort()).toEqual(newer);
  });

  it("has checksums of the modules that go.mod names, and of no others", () => {
    const text = readFileSync(path.join(provider, "go.mod"), "utf8");
    const named = new Set(
      [...text.matchAll(/(\S+) (v[\d.]\S*)/g)].map(([, name, version]) => `${name} ${version}`),
    );
    const lines = readFileSync(path.join(provider, "go.sum"), "utf8").trim().split("\n");
    const sums = lines.map((line) => line.replace(/(\/go\.mod)? h1:.*/, ""));
    expect(sums.filter((name) => !named.has(name))).toEqual([]);
  });

  it("compiles hive's lists in the place of the provider's, through a link to its sources", async () => {
    const module = path.join(folder, "module");
    const sources = path.join(folder, "sources");
    mkdirSync(sources);
    const overlay = await runModule<string>(`
      import { prepareModule } from "./toolchain/steps/aws-plugin.mjs";
      import { openProject } from "./toolchain/mechanics/project.mjs";
      result(prepareModule(openProject(), ${JSON.stringify(module)}, ${JSON.stringify(sources)}));`);
    const { Replace } = JSON.parse(readFileSync(overlay, "utf8")) as {
      Replace: Record<string, string>;
    };
    expect(readlinkSync(path.join(module, "source"))).toBe(sources);
    expect(Object.keys(Replace)).toHaveLength(2);
    for (const [theirs, ours] of Object.entries(Replace)) {
      expect(path.relative(path.join(module, "source"), theirs)).toMatch(/^internal\//);
      expect(readFileSync(ours, "utf8")).toContain("package ");
    }
  });

  it("refuses sources of another content than the pinned one", async () => {
    const message = await runModule<string>(
      `
      import { awsPlugin } from "./toolchain/steps/aws-plugin.mjs";
      import { openProject } from "./toolchain/mechanics/project.mjs";
      const context = { signal: new AbortController().signal, report: () => {} };
      result(await awsPlugin(openProject()).run(context).then(() => "built", (error) => error.message));`,
      fakeGo({ Dir: "/somewhere", Sum: "h1:other" }),
    );
    expect(message).toMatch(/has the checksum h1:other, not h1:/);
  });

  it.each([
    ["all", false],
    ["tests", true],
    ["rehearsal", true],
  ])("is a part of the group %s: %j; most people never need it", async (group, isPart) => {
    const names = await runModule<string[]>(`
      import { stepsOf } from "./toolchain/steps/all.mjs";
      import { openProject } from "./toolchain/mechanics/project.mjs";
      result(stepsOf(openProject(), [${JSON.stringify(group)}]).map(({ name }) => name));`);
    expect(names.includes("plugin-aws")).toBe(isPart);
  });
});
