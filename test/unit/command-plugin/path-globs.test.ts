import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { globArchive, globAssets } from "../../../toolchain/plugins/command/path-globs";

let dir: string;

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "hive-globs-"));
  mkdirSync(join(dir, "assets", "logos"), { recursive: true });
  mkdirSync(join(dir, "src"));
  for (const path of [
    "assets/logos/logo.svg",
    "src/index.js",
    "src/secret.js",
    "a+b.txt",
    "ab.txt",
  ]) {
    writeFileSync(join(dir, path), path);
  }
});

afterAll(() => rmSync(dir, { recursive: true }));

// The first case is the example in the documentation of pulumi-command.
test.each<[string[], string[]]>([
  [
    ["assets/**", "src/**.js", "!**secret.*"],
    ["assets/logos/logo.svg", "src/index.js"],
  ],
  [["*"], ["a+b.txt", "ab.txt"]],
  [["a+b.txt"], ["a+b.txt"]],
  [["a?.txt"], ["ab.txt"]],
  [["src/{index,other}.js"], ["src/index.js"]],
  [["[!x]b.txt"], ["ab.txt"]],
  [
    ["!src/**", "src/*"],
    ["src/index.js", "src/secret.js"],
  ],
  [["nothing"], []],
])("%j finds %j", (globs, expected) => {
  expect(Object.keys(globAssets(dir, globs))).toEqual(expected);
});

test("an asset has its path and the hash of its content", () => {
  expect(globAssets(dir, ["ab.txt"])["ab.txt"]).toMatchObject({
    path: join(dir, "ab.txt"),
    hash: createHash("sha256").update("ab.txt").digest("hex"),
  });
});

test("an archive's hash follows contents", () => {
  const before = globArchive(dir, ["src/**"]).hash;
  expect(globArchive(dir, ["src/**"]).hash).toBe(before);
  writeFileSync(join(dir, "src", "index.js"), "changed");
  expect(globArchive(dir, ["src/**"]).hash).not.toBe(before);
});
