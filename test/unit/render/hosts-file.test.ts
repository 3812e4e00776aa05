import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hostsFileStep } from "../../../render/hosts-file";

const entries = [
  { name: "p-hive0.hive.example", address: "172.29.16.4" },
  { name: "registry.hive.example", address: "172.29.16.7" },
];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "hive-hosts-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Runs the program on a hosts file with this content. */
function apply(content: string): { after: string; said: string } {
  const file = join(folder, "hosts");
  writeFileSync(file, content);
  const { files } = hostsFileStep(entries);
  const [names = "", program = ""] = files.map((each) => each.content);
  writeFileSync(join(folder, "names"), names);
  const script = join(folder, "program");
  const here = program
    .replaceAll("/etc/hive/hosts", join(folder, "names"))
    .replaceAll("/etc/hosts", file)
    .replaceAll("/run/", `${folder}/`);
  writeFileSync(script, here, { mode: 0o755 });
  const run = (...words: string[]): number | null => {
    const { status, stderr, stdout } = spawnSync(script, words, { encoding: "utf8" });
    expect([stderr, stdout]).toEqual(["", ""]);
    return status;
  };
  const before = run("check");
  expect(readFileSync(file, "utf8")).toBe(content);
  expect(run()).toBe(0);
  expect(run("check")).toBe(0);
  const after = readFileSync(file, "utf8");
  return { after, said: before === 1 ? "changed /etc/hosts\n" : "" };
}

const complete =
  "127.0.0.1\tlocalhost\n172.29.16.4\tp-hive0.hive.example p-hive0\n172.29.16.7\tregistry.hive.example\n";

test("adds names that are missing and leaves everything else as it is", () => {
  const before = "# mine\n127.0.0.1 localhost\n\n10.0.0.9 printer # on the floor\n";
  expect(apply(before)).toEqual({
    after: `${before}172.29.16.4\tp-hive0.hive.example\n172.29.16.7\tregistry.hive.example\n`,
    said: "changed /etc/hosts\n",
  });
});

test("does nothing where the names are there, as in a container that was given them", () => {
  expect(apply(complete)).toEqual({ after: complete, said: "" });
});

test("moves a name that stands for another address and keeps the other names of that line", () => {
  const before = `127.0.1.1 p-hive0.hive.example p-hive0\n172.29.16.9 registry.hive.example\n`;
  expect(apply(before).after).toBe(
    "127.0.1.1 p-hive0\n172.29.16.4\tp-hive0.hive.example\n172.29.16.7\tregistry.hive.example\n",
  );
});

test("a second run finds nothing to do", () => {
  expect(apply(apply("127.0.1.1 p-hive0.hive.example\n").after).said).toBe("");
});
