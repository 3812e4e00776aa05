import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { execFileSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { extract } from "tar-stream";
import {
  hashBuildContext,
  listBuildContext,
  packBuildContext,
} from "../../../../providers/image-build/context";

let root: string;
let folder: string;
const put = (path: string, content: string): void => writeFileSync(join(folder, path), content);

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "hive-context-"));
  folder = join(root, "context");
  mkdirSync(join(folder, "files"), { recursive: true });
  put("Dockerfile", "FROM scratch\n");
  put("files/run", "#!/bin/sh\n");
  chmodSync(join(folder, "files/run"), 0o755);
  put("files/notes.md", "x");
  symlinkSync("run", join(folder, "files/start"));
});
afterEach(() => rmSync(root, { recursive: true }));

/** Entries of an archive: name, type, mode, time, owner, content. */
async function unpack(): Promise<unknown[]> {
  const found: unknown[] = [];
  const reader = packBuildContext(folder).pipe(extract());
  for await (const entry of reader) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    const { name, type, mode, mtime, uid, linkname } = entry.header;
    const content = Buffer.concat(chunks).toString();
    found.push([name, type, mode, mtime?.getTime(), uid, linkname ?? content]);
  }
  return found;
}

describe("build contexts on disk", () => {
  test("the archive holds the files with normalized modes and without times and owners", async () => {
    expect(await unpack()).toEqual([
      ["Dockerfile", "file", 0o644, 0, 0, "FROM scratch\n"],
      ["files", "directory", 0o755, 0, 0, ""],
      ["files/notes.md", "file", 0o644, 0, 0, "x"],
      ["files/run", "file", 0o755, 0, 0, "#!/bin/sh\n"],
      ["files/start", "symlink", 0o644, 0, 0, "run"],
    ]);
  });

  test("tar reads the archive, also with a file larger than the stream's buffers", () => {
    put("large", "0123456789".repeat(200_000));
    const read = (): Promise<Buffer> =>
      new Promise((resolve, reject) => {
        const chunks: Buffer[] = [];
        packBuildContext(folder)
          .on("data", (chunk: Buffer) => chunks.push(chunk))
          .on("end", () => resolve(Buffer.concat(chunks)))
          .on("error", reject);
      });
    return read().then((archive) => {
      const listing = execFileSync("tar", ["-tv"], { input: archive, encoding: "utf8" });
      expect(listing).toMatch(/2000000 .* large/);
    });
  });

  test("times, umask and place do not change the hash", () => {
    const before = hashBuildContext(folder);
    utimesSync(join(folder, "Dockerfile"), 1, 1);
    chmodSync(join(folder, "files/notes.md"), 0o600);
    const elsewhere = join(root, "elsewhere");
    cpSync(folder, elsewhere, { recursive: true, verbatimSymlinks: true });
    expect([hashBuildContext(folder), hashBuildContext(elsewhere)]).toEqual([before, before]);
  });

  test.each([
    ["another content", () => put("files/notes.md", "y")],
    ["one more file", () => put("files/more", "")],
    ["a file that can be run", () => chmodSync(join(folder, "files/notes.md"), 0o755)],
  ])("%s changes the hash", (_what, change) => {
    const before = hashBuildContext(folder);
    change();
    expect(hashBuildContext(folder)).not.toBe(before);
  });

  test(".dockerignore is heeded as Docker does: later rules win, a folder can be opened again", () => {
    put(".dockerignore", "*\n!files\nfiles/*.md\n");
    put("secret.env", "x");
    expect(listBuildContext(folder).map(({ path }) => path)).toEqual([
      ".dockerignore",
      "Dockerfile",
      "files",
      "files/run",
      "files/start",
    ]);
    const before = hashBuildContext(folder);
    put("secret.env", "y");
    expect(hashBuildContext(folder)).toBe(before);
  });

  test("a folder without Dockerfile is named", () => {
    expect(() => hashBuildContext(join(root, "nowhere"))).toThrow(
      `The build context ${join(root, "nowhere")} has no Dockerfile`,
    );
  });

  test("what is neither file, folder nor link is named", () => {
    execFileSync("mkfifo", [join(folder, "files/pipe")]);
    expect(() => hashBuildContext(folder)).toThrow("holds files/pipe, which is not a file");
  });
});
