import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, posix } from "node:path";
import { Readable } from "node:stream";
import fc from "fast-check";
import { type Header, pack as newPack } from "tar-stream";
import { copiedText, sizeText } from "../../../cli/copy/copied-text";
import { readDirection, readSide } from "../../../cli/copy/copy-argument";
import { packLocal } from "../../../cli/copy/pack";
import { meansContents, meansFolder, placeCopy } from "../../../cli/copy/placement";
import { unpackTo } from "../../../cli/copy/unpack";

describe("the two sides of a copy", () => {
  test.each([
    ["-", { kind: "stream" }],
    ["portal:/etc/nginx", { kind: "service", service: "portal", path: "/etc/nginx" }],
    ["portal:etc/nginx/", { kind: "service", service: "portal", path: "/etc/nginx/" }],
    ["portal:", { kind: "service", service: "portal", path: "/" }],
    ["notes.txt", { kind: "local", path: "notes.txt" }],
    ["./a:b", { kind: "local", path: "./a:b" }],
    ["/tmp/a:b", { kind: "local", path: "/tmp/a:b" }],
    [":x", { kind: "local", path: ":x" }],
  ])("%s", (text, side) => {
    expect(readSide(text)).toEqual(side);
  });

  test("exactly one is a container", () => {
    expect(readDirection("a", "web:/b").to).toBe("container");
    expect(readDirection("web:/b", "-").to).toBe("here");
    expect(() => readDirection("a", "b")).toThrow(/Neither side/);
    expect(() => readDirection("a:/b", "c:/d")).toThrow(/Both sides/);
  });
});

describe("where a copy goes, as docker cp has it", () => {
  const file = { name: "f", isFolder: false, contentsOnly: false };
  const folder = { name: "d", isFolder: true, contentsOnly: false };
  const contents = { ...folder, contentsOnly: true };
  const absent = { path: "/to/new", kind: "absent", parentExists: true, asFolder: false } as const;
  const there = (kind: "file" | "folder") => ({ ...absent, path: "/to/it", kind });

  test.each([
    ["a file to a new name", file, absent, { folder: "/to", name: "new" }],
    ["a file over a file", file, there("file"), { folder: "/to", name: "it" }],
    ["a file into a folder", file, there("folder"), { folder: "/to/it", name: "f" }],
    ["a folder to a new name", folder, absent, { folder: "/to", name: "new" }],
    ["contents to a new name", contents, absent, { folder: "/to", name: "new" }],
    ["a folder into a folder", folder, there("folder"), { folder: "/to/it", name: "d" }],
    ["contents into a folder", contents, there("folder"), { folder: "/to/it", name: "." }],
    [
      "a folder to a new name with a slash",
      folder,
      { ...absent, asFolder: true },
      { folder: "/to", name: "new" },
    ],
  ])("%s", (_what, source, destination, place) => {
    expect(placeCopy(source, destination, posix)).toEqual(place);
  });

  test.each([
    ["a folder over a file", folder, there("file"), /is a file/],
    [
      "a file to a folder that is not there",
      file,
      { ...absent, asFolder: true },
      /\/to\/new does not/,
    ],
    [
      "a file over a file as a folder",
      file,
      { ...there("file"), asFolder: true },
      /does not exist/,
    ],
    ["no folder above", file, { ...absent, parentExists: false }, /The folder \/to does not exist/],
  ])("%s is refused", (_what, source, destination, why) => {
    expect(() => placeCopy(source, destination, posix)).toThrow(why);
  });

  test("what the end of a path means", () => {
    expect(["a", "a/", "a/.", ".", "a/..", "a."].map(meansContents)).toEqual([
      false,
      false,
      true,
      true,
      false,
      false,
    ]);
    expect(["a", "a/", "a/.", "."].map(meansFolder)).toEqual([false, true, true, false]);
  });
});

describe("unpacking", () => {
  let base: string;
  beforeEach(() => (base = mkdtempSync(join(tmpdir(), "hive-unpack-"))));
  afterEach(() => rmSync(base, { recursive: true, force: true }));

  type Entry = Partial<Header> & { name: string; content?: string };
  const unpack = async (entries: readonly Entry[], name = "copy", keepOwner = false) => {
    const tar = newPack();
    for (const { content, ...header } of entries) {
      if (content === undefined) tar.entry(header);
      else tar.entry(header, content);
    }
    tar.finalize();
    const folder = join(base, "into");
    mkdirSync(folder, { recursive: true });
    const skipped: string[] = [];
    const options = { keepOwner, skipped: (entry: string) => void skipped.push(entry) };
    const counts = await unpackTo(Readable.from(tar), { folder, name }, options);
    return { counts, skipped, into: folder };
  };

  test("a folder under another name, with modes, links and what cannot be had here", async () => {
    const { counts, skipped, into } = await unpack([
      { name: "etc/", type: "directory", mode: 0o555 },
      { name: "etc/file", content: "x", mode: 0o4711 },
      { name: "etc/again", type: "link", linkname: "etc/file" },
      { name: "etc/soft", type: "symlink", linkname: "/outside" },
      { name: "etc/device", type: "fifo" },
    ]);
    expect(counts).toEqual({ files: 3, bytes: 1 });
    expect(skipped).toEqual(["etc/device"]);
    expect(readFileSync(join(into, "copy", "again"), "utf8")).toBe("x");
    // A program must not run as another user here because it did so there.
    expect(statSync(join(into, "copy", "file")).mode & 0o7777).toBe(0o711);
    expect(statSync(join(into, "copy")).mode & 0o777).toBe(0o555);
  });

  test("only what is in the folder, into one that keeps its own mode", async () => {
    const { into } = await unpack(
      [
        { name: "etc/", type: "directory", mode: 0o500 },
        { name: "etc/etc/", type: "directory", mode: 0o755 },
        { name: "etc/etc/file", content: "x" },
      ],
      ".",
    );
    expect(existsSync(join(into, "etc", "file"))).toBe(true);
    expect(statSync(into).mode & 0o777).not.toBe(0o500);
  });

  test.each<[string, Entry[]]>([
    [
      "a name that leads out",
      [
        { name: "etc/", type: "directory" },
        { name: "etc/../../evil", content: "x" },
      ],
    ],
    [
      "a name below a link that leads out",
      [
        { name: "etc/", type: "directory" },
        { name: "etc/link", type: "symlink", linkname: "../.." },
        { name: "etc/link/evil", content: "x" },
      ],
    ],
    [
      "a hard link to what is outside",
      [
        { name: "etc/", type: "directory" },
        { name: "etc/link", type: "symlink", linkname: "../.." },
        { name: "etc/evil", type: "link", linkname: "etc/link/secret" },
      ],
    ],
  ])("%s is refused", async (_what, entries) => {
    writeFileSync(join(base, "secret"), "secret");
    await expect(unpack(entries)).rejects.toThrow(/outside of the destination/);
    expect(existsSync(join(base, "evil"))).toBe(false);
  });

  test("a link in the place of a file is replaced, not written through", async () => {
    const outside = join(base, "outside");
    writeFileSync(outside, "mine");
    mkdirSync(join(base, "into"));
    symlinkSync(outside, join(base, "into", "copy"));
    await unpack([{ name: "file", content: "theirs" }]);
    expect(readFileSync(outside, "utf8")).toBe("mine");
    expect(readFileSync(join(base, "into", "copy"), "utf8")).toBe("theirs");
  });

  test("whatever is packed comes out again", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(
          fc.stringMatching(/^[a-zäß ':-]{1,120}$/).filter((name) => name.trim() !== ""),
          fc.uint8Array({ maxLength: 3000 }),
          { maxKeys: 6, noNullPrototype: true },
        ),
        async (files) => {
          const from = mkdtempSync(join(base, "from-"));
          for (const [name, content] of Object.entries(files)) {
            writeFileSync(join(from, name), content);
          }
          const tar = newPack();
          const packing = packLocal(tar, from, "whole", { followLink: false, keepOwner: false });
          const to = { folder: base, name: `to-${Math.random()}` };
          const unpacking = unpackTo(Readable.from(tar), to, {
            keepOwner: false,
            skipped: jest.fn(),
          });
          expect(await unpacking).toEqual(await packing);
          for (const [name, content] of Object.entries(files)) {
            expect(readFileSync(join(base, to.name, name))).toEqual(Buffer.from(content));
          }
        },
      ),
      { numRuns: 25 },
    );
  });
});

test("sizes in words", () => {
  expect([0, 999, 1000, 1_234_567, 999_960].map(sizeText)).toEqual([
    "0 B",
    "999 B",
    "1.0 kB",
    "1.2 MB",
    "1.0 MB",
  ]);
  const task = {
    service: "web",
    replica: 1,
    name: "web.1",
    taskId: "t",
    containerId: "c",
    inMemory: [],
    host: "p-hive0.hive.example",
  };
  expect(copiedText({ files: 1, bytes: 5 }, readDirection("a", "web:/b"), task)).toBe(
    "Copied 1 file (5 B) to /b in web.1 on p-hive0.",
  );
});
