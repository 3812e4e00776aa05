import { cpSync, appendFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { projectRoot, runModule } from "./run-module";
import { temporaryFolder } from "./temporary-folder";

const folder = temporaryFolder("cache");

interface Layout {
  root: string;
  engine: string;
  bridge: string;
  home: string;
}

/** The layout that a copy of the pins gives after a change to it. */
function layoutAfter(name: string, change: (copy: string) => void, env = "{}"): Promise<Layout> {
  const copy = path.join(folder, name);
  mkdirSync(copy, { recursive: true });
  cpSync(path.join(projectRoot, "toolchain/versions.json"), path.join(copy, "versions.json"));
  cpSync(path.join(projectRoot, "toolchain/modules"), path.join(copy, "modules"), {
    recursive: true,
  });
  change(copy);
  return runModule<Layout>(`
    import { cacheLayout } from "./toolchain/mechanics/cache.mjs";
    result(cacheLayout({ env: ${env}, folder: ${JSON.stringify(copy)}, platform: "linux-x64" }));`);
}

describe("the cache", () => {
  it.each([
    ["HIVE_CACHE", { HIVE_CACHE: "/big/hive", XDG_CACHE_HOME: "/xdg" }, "/big/hive"],
    ["XDG_CACHE_HOME", { XDG_CACHE_HOME: "/xdg" }, "/xdg/hive"],
    ["the home folder", {}, "/home/ann/.cache/hive"],
    [
      "the home folder when variables are empty",
      { HIVE_CACHE: "", XDG_CACHE_HOME: "" },
      "/home/ann/.cache/hive",
    ],
  ])("lies where %s says", async (_what, env, expected) => {
    const place = await runModule<string>(`
      import { cacheFolder } from "./toolchain/mechanics/cache.mjs";
      result(cacheFolder(${JSON.stringify(env)}, "/home/ann"));`);
    expect(place).toBe(expected);
  });

  it("gives another CLI version another folder and leaves the plugins where they are", async () => {
    const before = await layoutAfter("same", () => undefined);
    const after = await layoutAfter("cli", (copy) => {
      const file = path.join(copy, "versions.json");
      writeFileSync(
        file,
        readFileSync(file, "utf8").replace('"version": "3.259.0"', '"version": "3.260.0"'),
      );
    });
    expect(after.engine).not.toBe(before.engine);
    expect(after.engine).toContain("3.260.0");
    expect([after.bridge, after.home]).toEqual([before.bridge, before.home]);
  });

  it("builds the plugins anew when the source of the bridge changes, not the engine", async () => {
    const before = await layoutAfter("same", () => undefined);
    const after = await layoutAfter("bridge", (copy) =>
      appendFileSync(path.join(copy, "modules/bridge/docker/provider.go"), "\n// changed\n"),
    );
    expect(after.bridge).not.toBe(before.bridge);
    expect(after.home).not.toBe(before.home);
    expect(after.engine).toBe(before.engine);
  });

  it("makes the same key of the same pins in another order", async () => {
    const keys = await runModule<string[]>(`
      import { cacheKey } from "./toolchain/mechanics/cache.mjs";
      result([cacheKey({ a: 1, b: [2, "x"] }), cacheKey({ b: [2, "x"], a: 1 }), cacheKey({ a: 1, b: ["x", 2] })]);`);
    expect(keys[0]).toBe(keys[1]);
    expect(keys[2]).not.toBe(keys[0]);
  });
});
