import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { atRevision } from "../../../cli/revision";

let repository: string;
const git = (...args: string[]): string =>
  execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@hive.example", ...args], {
    cwd: repository,
    encoding: "utf8",
  }).trim();
const write = (path: string, text: string): void => {
  const file = join(repository, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
};

beforeEach(() => {
  repository = mkdtempSync(join(tmpdir(), "hive-test-"));
  git("init", "--quiet");
  write("site/site.ts", "one");
  write("model/site.ts", "hive of then");
  git("add", ".");
  git("commit", "--quiet", "--message", "one");
  write("site/site.ts", "two");
  write("model/site.ts", "hive of now");
});
afterEach(() => rmSync(repository, { recursive: true, force: true }));

test("a revision has the site of then and the hive of now, and touches nothing", async () => {
  git("add", "site");
  const before = git("status", "--porcelain");
  const seen = await atRevision(
    "HEAD",
    (revision) => {
      const read = (path: string): string => readFileSync(join(revision.folder, path), "utf8");
      return Promise.resolve({
        ...revision,
        site: read("site/site.ts"),
        hive: read("model/site.ts"),
      });
    },
    repository,
  );
  expect(seen).toMatchObject({ site: "one", hive: "hive of now" });
  expect(git("rev-parse", "HEAD").startsWith(seen.commit)).toBe(true);
  expect(existsSync(seen.folder)).toBe(false);
  expect(git("status", "--porcelain")).toBe(before);
});

test("a project below the top of a repository is found there", async () => {
  write("shop/site/site.ts", "of the shop");
  git("add", ".");
  git("commit", "--quiet", "--message", "two");
  const text = await atRevision(
    "HEAD",
    ({ folder }) => Promise.resolve(readFileSync(join(folder, "site/site.ts"), "utf8")),
    join(repository, "shop"),
  );
  expect(text).toBe("of the shop");
});

test.each([
  ["an unknown revision", "nope", /git knows no revision "nope"\. Give a branch/],
  ["an option", "--all", /git knows no revision "--all"/],
])("%s is an error of the input", async (_, name, message) => {
  const attempt = atRevision(name, () => Promise.reject(new Error("used")), repository);
  await expect(attempt).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringMatching(message) as string,
  });
});

test("a folder that git does not know, and a computer without git, are told", async () => {
  const attempt = (): Promise<never> =>
    atRevision("HEAD", () => Promise.reject(new Error("used")), repository);
  rmSync(join(repository, ".git"), { recursive: true });
  await expect(attempt()).rejects.toThrow("is not in a git repository");
  const path = process.env["PATH"];
  process.env["PATH"] = repository;
  try {
    await expect(attempt()).rejects.toThrow("--against needs git, and there is none in PATH.");
  } finally {
    process.env["PATH"] = path;
  }
});
