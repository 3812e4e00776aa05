import * as fc from "fast-check";
import {
  archiveMode,
  type BuildContextEntry,
  hashEntries,
  hashImageContent,
  type HashedEntry,
  imageTag,
  selectEntries,
} from "../../../../model/image/build-context";

const file = (path: string, executable = false): BuildContextEntry => ({
  path,
  kind: "file",
  executable,
  target: "",
});
const folder = (path: string): BuildContextEntry => ({
  path,
  kind: "folder",
  executable: true,
  target: "",
});
const hashed = (entry: BuildContextEntry, content: string): HashedEntry => ({ ...entry, content });
const paths = (entries: readonly BuildContextEntry[]): string[] => entries.map(({ path }) => path);
const nothing = (): boolean => false;

describe("what of a build context is sent", () => {
  test("the order is by path, byte by byte, wherever the files came from", () => {
    const entries = [file("b"), file("Z"), folder("a"), file("a/ä"), file("a/z"), file("a.txt")];
    const expected = ["Z", "a", "a.txt", "a/z", "a/ä", "b"];
    fc.assert(
      fc.property(fc.shuffledSubarray(entries, { minLength: entries.length }), (shuffled) => {
        expect(paths(selectEntries(shuffled, nothing))).toEqual(expected);
      }),
    );
  });

  test("what .dockerignore excludes stays here, but not the two files that the engine reads itself", () => {
    const all = [file("Dockerfile"), file(".dockerignore"), file("secret"), file("kept")];
    expect(paths(selectEntries(all, (path) => path !== "kept"))).toEqual([
      ".dockerignore",
      "Dockerfile",
      "kept",
    ]);
  });

  test("a folder that is excluded is sent when something in it is not", () => {
    const all = [folder("a"), folder("a/b"), file("a/b/kept"), folder("a/c"), file("a/c/gone")];
    expect(paths(selectEntries(all, (path) => path !== "a/b/kept"))).toEqual([
      "a",
      "a/b",
      "a/b/kept",
    ]);
  });

  test("an empty folder is sent", () => {
    expect(paths(selectEntries([folder("empty")], nothing))).toEqual(["empty"]);
  });

  test("modes are one of two", () => {
    expect([file("a"), file("a", true), folder("a")].map(archiveMode)).toEqual([
      0o644, 0o755, 0o755,
    ]);
  });
});

describe("hash of a build context", () => {
  const base = [hashed(file("Dockerfile"), "1"), hashed(file("run", true), "2")];
  test.each([
    ["content", [hashed(file("Dockerfile"), "x"), base[1]!]],
    ["name", [hashed(file("Dockerfile2"), "1"), base[1]!]],
    ["executable bit", [base[0]!, hashed(file("run"), "2")]],
    ["kind", [base[0]!, { ...base[1]!, kind: "link" as const }]],
    ["one more entry", [...base, hashed(folder("empty"), "")]],
  ])("another %s gives another hash", (_what, changed) => {
    expect(hashEntries(changed)).not.toBe(hashEntries(base));
  });

  test("names that run into each other do not collide", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), fc.string(), (a, b, c, d) => {
        fc.pre(a !== c || b !== d);
        expect(hashEntries([hashed(file(a), b)])).not.toBe(hashEntries([hashed(file(c), d)]));
      }),
    );
  });
});

describe("hash of an image's content", () => {
  const content = {
    contextHash: "c",
    buildArguments: { A: "1", B: "2" },
    labels: {},
    baseImageId: "",
  };

  test("an image without target, secrets and updates has the tag that it always had", () => {
    const without = { target: undefined, secretNames: [], updated: undefined };
    expect(imageTag(hashImageContent({ ...content, ...without }))).toBe("43f48e6d6b72");
  });

  test("the order in which arguments are written does not count", () => {
    const swapped = { ...content, buildArguments: { B: "2", A: "1" } };
    expect(hashImageContent(swapped)).toBe(hashImageContent(content));
  });

  test.each([
    ["context", { contextHash: "d" }],
    ["argument", { buildArguments: { A: "1", B: "3" } }],
    ["label", { labels: { A: "1" } }],
    ["base image", { baseImageId: "sha256:1" }],
    ["target stage", { target: "runtime" }],
    ["set of build secrets", { secretNames: ["token"] }],
    ["update", { updated: "2026-12-24" }],
  ])("another %s gives another tag", (_what, change) => {
    const tag = imageTag(hashImageContent({ ...content, ...change }));
    expect(tag).toMatch(/^[0-9a-f]{12}$/);
    expect(tag).not.toBe(imageTag(hashImageContent(content)));
  });
});
