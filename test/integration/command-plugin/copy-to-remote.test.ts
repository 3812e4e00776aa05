/** `command:remote:CopyToRemote` over gRPC against a real sshd. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { archive, asset, secret } from "../../unit/command-plugin/marks";
import { startPlugin, urnOf, type PluginProcess } from "../../unit/command-plugin/plugin-process";
import { startSshHost, type SshHost } from "./ssh-host";

jest.setTimeout(60_000);

const urn = urnOf("command:remote:CopyToRemote");
let host: SshHost;
let plugin: PluginProcess;
const dir = mkdtempSync(join(tmpdir(), "hive-copy-"));

beforeAll(async () => {
  host = await startSshHost();
  plugin = await startPlugin();
  mkdirSync(join(dir, "tree", "below"), { recursive: true });
  writeFileSync(join(dir, "tree", "a.txt"), "a");
  writeFileSync(join(dir, "tree", "below", "b.bin"), Buffer.alloc(300_000, 7));
  writeFileSync(join(dir, "file.txt"), "file");
}, 360_000);

afterAll(async () => {
  await plugin?.stop();
  await host?.remove();
  rmSync(dir, { recursive: true, force: true });
});

beforeEach(async () => {
  await host.inside("rm -rf /tmp/to && mkdir -p /tmp/to/there && echo old > /tmp/to/old.txt");
});

const inputsOf = (source: object, remotePath: string) => ({
  connection: secret({
    host: "127.0.0.1",
    port: host.port,
    user: "root",
    privateKey: host.privateKey,
    hostKey: host.hostKeys.ed25519,
    dialErrorLimit: 0,
    perDialTimeout: 15,
  }),
  source,
  remotePath,
});
const file = (name = "file.txt", hash = "h") => asset({ hash, path: join(dir, name) });
const tree = (end = "") => archive({ hash: "h", path: `${join(dir, "tree")}${end}` });
const text = (content: string) => asset({ hash: "h", text: content });
/** Files below /tmp/to with their sizes. */
const found = async () =>
  (await host.inside("cd /tmp/to && find . -type f -printf '%P %s\\n' | sort")).split("\n");

test.each<[string, () => object, string, string[]]>([
  ["a file to a new path", () => file(), "/tmp/to/new.txt", ["new.txt 4", "old.txt 4"]],
  ["a file over a file", () => file(), "/tmp/to/old.txt", ["old.txt 4"]],
  ["a file into a directory", () => file(), "/tmp/to/there", ["old.txt 4", "there/file.txt 4"]],
  [
    "a directory into a directory",
    () => tree(),
    "/tmp/to/there",
    ["old.txt 4", "there/tree/a.txt 1", "there/tree/below/b.bin 300000"],
  ],
  [
    "a directory to a new path",
    () => tree(),
    "/tmp/to/new",
    ["new/tree/a.txt 1", "new/tree/below/b.bin 300000", "old.txt 4"],
  ],
  [
    "the entries of a directory",
    () => tree("/"),
    "/tmp/to/there",
    ["old.txt 4", "there/a.txt 1", "there/below/b.bin 300000"],
  ],
  [
    "the entries of a directory to a new path",
    () => tree("/"),
    "/tmp/to/new",
    ["new/a.txt 1", "new/below/b.bin 300000", "old.txt 4"],
  ],
  ["a text", () => text("hello"), "/tmp/to/new.txt", ["new.txt 5", "old.txt 4"]],
  ["an empty text", () => text(""), "/tmp/to/new.txt", ["new.txt 0", "old.txt 4"]],
])("%s", async (_what, source, remotePath, expected) => {
  const inputs = inputsOf(source(), remotePath);
  const { id, outputs } = await plugin.create(urn, inputs);
  expect(id).toMatch(/^[0-9a-f]{8}$/);
  expect(outputs).toEqual(inputs);
  expect(await found()).toEqual(expected);
  expect(await host.inside("cat /tmp/to/old.txt")).toBe(
    remotePath.endsWith("old.txt") ? "file" : "old",
  );
});

test.each<[string, () => object, string, RegExp]>([
  [
    "a text over a directory",
    () => text("x"),
    "/tmp/to/there",
    /root@127.0.0.1:\d+:\/tmp\/to\/there failed: remote path .* is a directory/,
  ],
  [
    "a directory over a file",
    () => tree(),
    "/tmp/to/old.txt",
    /remote path \/tmp\/to\/old.txt exists but is not a directory/,
  ],
  [
    "a path whose parents are not there",
    () => file(),
    "/tmp/to/no/such/x",
    /cannot copy .*file.txt to remote path \/tmp\/to\/no\/such\/x: No such file/,
  ],
  [
    "a file that is not there",
    () => file("nothing"),
    "/tmp/to/x",
    /there is no file or directory .*nothing on this computer/,
  ],
])("%s is an error", async (_what, source, remotePath, expected) => {
  await expect(plugin.create(urn, inputsOf(source(), remotePath))).rejects.toThrow(expected);
});

test("an update copies when content or place have changed, and not otherwise", async () => {
  const state = inputsOf(file(), "/tmp/to/new.txt");
  await plugin.update(urn, state, state);
  expect(await found()).toEqual(["old.txt 4"]);
  await plugin.update(urn, state, inputsOf(file("file.txt", "other"), "/tmp/to/new.txt"));
  expect(await found()).toEqual(["new.txt 4", "old.txt 4"]);
  await plugin.update(urn, state, inputsOf(file(), "/tmp/to/moved.txt"));
  expect(await found()).toEqual(["moved.txt 4", "new.txt 4", "old.txt 4"]);
});

test("a delete leaves the copy, and no connection is open", async () => {
  const { outputs } = await plugin.create(urn, inputsOf(file(), "/tmp/to/new.txt"));
  await plugin.remove(urn, outputs);
  expect(await found()).toContain("new.txt 4");
  expect(await host.openConnections()).toBe(0);
});
