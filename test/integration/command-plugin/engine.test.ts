/**
 * A program with the published `@pulumi/command`, run by the real engine with this plugin in its
 * plugin folder, against a real sshd. Needs `pulumi` and its Node language host on PATH.
 */
import { execFile } from "node:child_process";
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../../unit/command-plugin/project-root";
import { startSshHost, type SshHost } from "./ssh-host";

jest.setTimeout(300_000); // a dozen runs of the engine, on a busy computer

const version = "1.2.1";
const runMs = 120_000;
const secretInput = "PLANTED-STDIN";
const root = mkdtempSync(join(tmpdir(), "hive-engine-"));
const program = join(root, "program");
const settingsFile = join(root, "settings.json");
let host: SshHost;

beforeAll(async () => {
  cpSync(join(__dirname, "program"), program, { recursive: true });
  symlinkSync(join(projectRoot, "node_modules"), join(program, "node_modules"));
  const folder = join(root, "home", "plugins", `resource-command-v${version}`);
  mkdirSync(folder, { recursive: true });
  mkdirSync(join(root, "state"));
  const launcher = join(folder, "pulumi-resource-command");
  const main = join(projectRoot, "toolchain", "plugins", "command", "main.js");
  writeFileSync(launcher, `#!/usr/bin/env node\nrequire(${JSON.stringify(main)});\n`);
  chmodSync(launcher, 0o755);
  host = await startSshHost();
}, 360_000);

afterAll(async () => {
  await host?.remove();
  rmSync(root, { recursive: true, force: true });
});

/** Runs the engine; all it printed. Throws with it when it fails. */
function pulumi(...args: string[]): Promise<string> {
  const environment = {
    ...process.env,
    HIVE_TEST_SETTINGS: settingsFile,
    PULUMI_HOME: join(root, "home"),
    PULUMI_BACKEND_URL: `file://${join(root, "state")}`,
    PULUMI_CONFIG_PASSPHRASE: "test",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PULUMI_IGNORE_AMBIENT_PLUGINS: "true",
    PULUMI_DISABLE_REGISTRY_RESOLVE: "true",
  };
  return new Promise((resolve, reject) => {
    execFile(
      "pulumi",
      [...args, "--non-interactive"],
      { cwd: program, env: environment, timeout: runMs, maxBuffer: 1 << 26 },
      (error, stdout, stderr) =>
        error === null
          ? resolve(stdout + stderr)
          : reject(new Error(`pulumi ${args.join(" ")}: ${error.message}\n${stdout}${stderr}`)),
    );
  });
}

/** What the program is given for the next run. */
function set(settings: { content: string; connection?: object }): void {
  const connection = {
    host: "127.0.0.1",
    port: host.port,
    privateKey: host.privateKey,
    hostKey: host.hostKeys.ed25519,
    dialErrorLimit: 1,
    ...settings.connection,
  };
  const all = { ...settings, connection, stdin: secretInput };
  writeFileSync(settingsFile, JSON.stringify(all), { mode: 0o600 });
}

const outputs = async () =>
  JSON.parse(await pulumi("stack", "output", "--json")) as Record<string, string>;

test("a program is previewed, created, left alone, changed, refreshed and destroyed", async () => {
  set({ content: "one" });
  await pulumi("stack", "init", "test");

  const preview = await pulumi("preview");
  expect(preview).toMatch(/5 to create/);
  expect(await host.inside("ls /tmp")).toBe("");

  const created = await pulumi("up", "--yes", "--skip-preview");
  expect(created).toMatch(/5 created/);
  expect(created).not.toContain(secretInput);
  expect(await outputs()).toEqual({
    written: "written one",
    counted: String(secretInput.length + 3),
    here: "here",
  });
  expect(await host.inside("cat /tmp/engine-file")).toBe(secretInput);
  expect(await host.inside("cat /tmp/engine-copy")).toBe("one");

  const state = await pulumi("stack", "export");
  expect(state).not.toContain("PRIVATE KEY");
  expect(state).not.toContain(secretInput);

  await pulumi("preview", "--expect-no-changes");
  await pulumi("up", "--yes", "--skip-preview", "--expect-no-changes");
  await pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes");

  set({ content: "three" });
  const changed = await pulumi("up", "--yes", "--diff");
  // "written" and "copied" in place, "here" for its variable; "counted" has the first as a trigger.
  expect(changed).toMatch(/~ 3 updated/);
  expect(changed).toMatch(/\+-1 replaced/);
  expect(changed).not.toContain(secretInput);
  expect(await outputs()).toEqual({
    written: "written three",
    counted: String(secretInput.length + 5),
    here: "here",
  });
  await pulumi("preview", "--expect-no-changes");

  await pulumi("destroy", "--yes", "--skip-preview");
  expect(await host.inside("ls /tmp")).toBe("engine-copy");
  expect(await host.openConnections()).toBe(0);
});

test("a host that cannot be reached is named by the engine, and no key is shown", async () => {
  set({ content: "one", connection: { port: 1, dialErrorLimit: 1 } });
  const failed = await pulumi("up", "--yes", "--skip-preview").then(
    () => "",
    (error: Error) => error.message,
  );
  expect(failed).toContain("root@127.0.0.1:1: no connection after 2 attempts");
  expect(failed).not.toMatch(/PRIVATE KEY|PLANTED/);
});

test("a misspelt key of a connection is named by the engine, and no key is shown", async () => {
  set({ content: "one", connection: { privatKey: "PLANTED-KEY" } });
  const failed = await pulumi("preview").then(
    () => "",
    (error: Error) => error.message,
  );
  expect(failed).toContain("connection.privatKey is not known here; known are");
  expect(failed).not.toMatch(/PRIVATE KEY|PLANTED/);
});

test("with --debug it shows that a stand-in is at work", async () => {
  set({ content: "one" });
  expect(await pulumi("preview", "--debug")).toContain(
    "hive's own stand-in for pulumi-resource-command",
  );
});
