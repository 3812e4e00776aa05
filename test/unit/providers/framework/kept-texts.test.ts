import { cpSync, mkdtempSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KeptTexts } from "../../../../providers/framework/kept-texts";

let project: string;
beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), "hive-kept-"));
  for (const room of ["model", "fleet", "providers/thing"])
    mkdirSync(join(project, room), { recursive: true });
  writeFileSync(join(project, "tsconfig.json"), "{}");
  writeFileSync(join(project, "model/rule.ts"), "export const limit = 1;");
  writeFileSync(join(project, "providers/thing/provider.ts"), "export const thing = {};");
});
afterEach(() => rmSync(project, { recursive: true, force: true }));

/** A run of its own that asks for a text; what it had to make. */
async function run(name: string, text: string): Promise<{ got: string; made: number }> {
  let made = 0;
  const got = await new KeptTexts(project, join(project, "cache")).text(name, () => {
    made += 1;
    return Promise.resolve(text);
  });
  return { got, made };
}

describe("texts of providers that are kept from run to run", () => {
  it("are made once, for each name", async () => {
    expect(await run("thing", "text")).toEqual({ got: "text", made: 1 });
    expect(await run("thing", "another")).toEqual({ got: "text", made: 0 });
    expect(await run("other", "its own")).toEqual({ got: "its own", made: 1 });
  });

  it.each([
    ["a provider", "providers/thing/provider.ts"],
    ["what a provider uses", "model/rule.ts"],
    ["one of a fleet", "fleet/provider.ts"],
    ["a file that was not there", "providers/thing/new.ts"],
    ["how all is compiled", "tsconfig.json"],
  ])("are made again when %s changed", async (_what, file) => {
    await run("thing", "text");
    writeFileSync(join(project, file), "changed");
    expect(await run("thing", "new text")).toEqual({ got: "new text", made: 1 });
  });

  it("leave nothing behind of former sources, and nothing of others is touched", async () => {
    await run("thing", "text");
    await run("other-thing", "text");
    writeFileSync(join(project, "model/rule.ts"), "changed");
    await run("thing", "new text");
    const left = readdirSync(join(project, "cache"));
    expect(left.map((name) => name.replace(/-[0-9a-f]{32}\.txt$/, "")).sort()).toEqual([
      "other-thing",
      "thing",
    ]);
  });

  it("are made again when a file was moved", async () => {
    await run("thing", "text");
    cpSync(join(project, "model/rule.ts"), join(project, "model/law.ts"));
    rmSync(join(project, "model/rule.ts"));
    expect((await run("thing", "new text")).made).toBe(1);
  });

  it("are made each time where nothing can be kept", async () => {
    writeFileSync(join(project, "cache"), "a file in the folder's place");
    expect((await run("thing", "text")).made).toBe(1);
    expect((await run("thing", "text")).made).toBe(1);
  });
});
