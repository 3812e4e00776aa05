import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commandLine } from "../../../render/shell";
import { keepHostsFile } from "../../../render/hosts-file";

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

/** Runs the command on a hosts file with this content. */
function apply(content: string): { after: string; said: string } {
  const file = join(folder, "hosts");
  writeFileSync(file, content);
  const { what, ...texts } = keepHostsFile(entries);
  const here = (text: string): string =>
    text.replaceAll("/etc/hosts", file).replaceAll("/run/", `${folder}/`);
  const command = `${commandLine("bash", "-euo", "pipefail", "-c", here(texts.holds))} || { ${here(texts.make)}; echo 'changed ${what}'; }`;
  // `--norc`: with a socket as its input, bash takes itself for started by a remote shell and reads it.
  const { stdout, stderr } = spawnSync("bash", ["--norc", "-euo", "pipefail", "-c", command], {
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  return { after: readFileSync(file, "utf8"), said: stdout.replaceAll(file, "/etc/hosts") };
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
