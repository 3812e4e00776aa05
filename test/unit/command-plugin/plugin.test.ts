/** The plugin over gRPC, as the engine speaks to it. What needs a host is in test/integration. */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { asset, archive, secret, unknown } from "./marks";
import { severity, startPlugin, urnOf, type PluginProcess } from "./plugin-process";
import { projectRoot } from "./project-root";

const local = urnOf("command:local:Command", "pwd");
const remote = urnOf("command:remote:Command", "setup");
const copy = urnOf("command:remote:CopyToRemote");

let plugin: PluginProcess;
let dir: string;

beforeAll(async () => {
  plugin = await startPlugin({ HIVE_FROM_ENGINE: "inherited" });
});

afterAll(() => plugin.stop());

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "hive-command-"));
  plugin.logs.length = 0;
});

afterEach(() => rmSync(dir, { recursive: true }));

const shown = () =>
  plugin.logs
    .filter(({ severity: level }) => level === severity.info)
    .map(({ message }) => message);

async function until(holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!holds()) {
    if (Date.now() > deadline) {
      throw new Error("waited 10 s in vain");
    }
    await pause(20);
  }
}

describe("what it says it is", () => {
  test("its version is that of the npm package, and it says that it is a stand-in", async () => {
    const manifest = JSON.parse(
      readFileSync(join(projectRoot, "node_modules", "@pulumi", "command", "package.json"), "utf8"),
    );
    expect(await plugin.pluginVersion()).toBe(manifest.version);
    expect(await plugin.schema()).toMatchObject({
      name: "command",
      version: manifest.version,
      description: expect.stringContaining("hive's own stand-in for pulumi-resource-command"),
    });
    expect(await plugin.configure()).toEqual({ acceptsSecrets: true, supportsPreview: true });
    expect(plugin.logs).toEqual([
      expect.objectContaining({
        severity: severity.debug,
        message: expect.stringContaining("hive's own stand-in"),
      }),
    ]);
  });

  test("a resource that it does not have is an error that lists what it has", async () => {
    await expect(plugin.create(urnOf("command:remote:CopyFile"), {})).rejects.toThrow(
      /command:remote:CopyFile is not known to hive's own stand-in .*CopyToRemote/,
    );
  });
});

describe("the life of a command", () => {
  test("create runs create and gives what it printed; the inputs stay as they are", async () => {
    const inputs = {
      create: "echo out; echo err >&2",
      stdin: secret("s"),
      environment: { A: "b" },
    };
    const { id, outputs } = await plugin.create(local, inputs);
    expect(id).toMatch(/^pwd[0-9a-f]{8}$/);
    expect(outputs).toEqual({ ...inputs, stdout: "out", stderr: "err" });
  });

  test("standard input, environment, directory and interpreter arrive", async () => {
    const { outputs } = await plugin.create(local, {
      create: 'cat; echo "|$A|$HIVE_FROM_ENGINE|$PWD|$0"',
      stdin: secret("from stdin"),
      environment: secret({ A: "variable" }),
      dir,
      interpreter: ["/bin/bash", "-c"],
    });
    expect(outputs.stdout).toBe(`from stdin|variable|inherited|${dir}|/bin/bash`);
  });

  test("without create nothing runs", async () => {
    const { outputs } = await plugin.create(local, { delete: "exit 1" });
    expect(outputs).toEqual({ delete: "exit 1", stdout: "", stderr: "" });
  });

  test("update runs update, else create, and knows the last output", async () => {
    const olds = { create: "echo one", stdout: "first out", stderr: "first err" };
    const told = 'echo "$PULUMI_COMMAND_STDOUT, $PULUMI_COMMAND_STDERR"';
    const update = await plugin.update(local, olds, { create: "exit 1", update: told });
    expect(update.stdout).toBe("first out, first err");
    const create = await plugin.update(local, olds, {
      create: told,
      addPreviousOutputInEnv: false,
    });
    expect(create.stdout).toBe(", ");
  });

  test("an update without any command keeps the last output", async () => {
    const olds = { create: "echo one", stdout: "first", stderr: "" };
    expect(await plugin.update(local, olds, { delete: "x" })).toEqual({
      delete: "x",
      stdout: "first",
      stderr: "",
    });
  });

  test("delete runs delete with the state, and nothing without one", async () => {
    const trace = join(dir, "trace");
    await plugin.remove(local, { create: "exit 1", stdout: "", stderr: "" });
    await plugin.remove(local, {
      delete: secret('echo "$A $PULUMI_COMMAND_STDOUT" > "$TRACE"'),
      environment: { A: "a", TRACE: trace },
      stdout: "created",
      stderr: "",
    });
    expect(readFileSync(trace, "utf8")).toBe("a created\n");
  });

  test("a read gives back the state", async () => {
    const state = { create: "x", stdout: "y", stderr: "" };
    expect(await plugin.read(local, "pwd01", state)).toEqual({ id: "pwd01", outputs: state });
  });

  test("files that the command left behind become assets and an archive", async () => {
    const inputs = {
      create: "echo one > one.txt; echo two > two.log",
      dir,
      assetPaths: ["*.txt"],
      archivePaths: ["*"],
    };
    const { outputs } = await plugin.create(local, inputs);
    const one = asset({ hash: expect.any(String), path: join(dir, "one.txt") });
    expect(outputs.assets).toEqual({ "one.txt": one });
    expect(outputs.archive).toEqual(
      archive({
        hash: expect.any(String),
        assets: {
          "one.txt": one,
          "two.log": asset({ hash: expect.any(String), path: join(dir, "two.log") }),
        },
      }),
    );
  });

  test("the function run runs at once", async () => {
    expect(await plugin.run({ command: "cat", stdin: "hello" })).toEqual({
      command: "cat",
      stdin: "hello",
      stdout: "hello",
      stderr: "",
    });
  });
});

describe("a preview", () => {
  test("of a create runs nothing, and what would be printed is not known", async () => {
    const trace = join(dir, "trace");
    const inputs = { create: `touch ${trace}`, environment: { A: unknown } };
    const { outputs } = await plugin.create(local, inputs, { preview: true });
    expect(outputs).toEqual({ ...inputs, stdout: unknown, stderr: unknown });
    expect(existsSync(trace)).toBe(false);
  });

  test("of an update neither", async () => {
    const trace = join(dir, "trace");
    const olds = { create: "x", stdout: "1", stderr: "2", assets: {} };
    const news = { create: `touch ${trace}`, connection: secret({ host: unknown }) };
    expect(await plugin.update(remote, olds, news, { preview: true })).toEqual({
      ...news,
      stdout: unknown,
      stderr: unknown,
      assets: unknown,
    });
    expect(existsSync(trace)).toBe(false);
  });

  test("of a copy neither", async () => {
    const inputs = { connection: secret({ host: unknown }), remotePath: "/a", source: unknown };
    expect((await plugin.create(copy, inputs, { preview: true })).outputs).toEqual(inputs);
  });
});

describe("check and diff", () => {
  test("inputs come back with defaults, failures with their paths", async () => {
    const good = await plugin.check(remote, { connection: secret({ host: "h" }), create: unknown });
    expect(good).toEqual({
      failures: [],
      inputs: {
        create: unknown,
        connection: secret({
          host: "h",
          user: "root",
          port: 22,
          dialErrorLimit: 10,
          perDialTimeout: 15,
        }),
      },
    });
    const bad = await plugin.check(remote, { connection: secret({ hots: "PLANTED" }) });
    // Without a property, because the engine prints the value of a property that is named.
    expect(bad.failures).toEqual([
      { property: "", reason: "connection.host is required" },
      {
        property: "",
        reason: expect.stringMatching(/^connection\.hots is not known here; known are user, pass/),
      },
    ]);
    expect(JSON.stringify(bad.failures)).not.toContain("PLANTED");
  });

  test("a change updates, a trigger replaces, nothing is nothing", async () => {
    const olds = { create: "a", triggers: [1], connection: secret({ host: "h" }) };
    expect(await plugin.diff(remote, olds, olds)).toEqual({
      changes: false,
      detailed: {},
      replaces: [],
    });
    expect(await plugin.diff(remote, olds, { ...olds, create: "b", triggers: [2] })).toEqual({
      changes: true,
      detailed: { create: "UPDATE", "triggers[0]": "UPDATE_REPLACE" },
      replaces: ["triggers[0]"],
    });
  });
});

describe("what shows", () => {
  test("lines come while the command runs, as status messages of the resource", async () => {
    const go = join(dir, "go");
    const create = `echo first; while ! test -e ${go}; do sleep 0.05; done; echo second`;
    const creating = plugin.create(local, { create });
    await until(() => shown().includes("first"));
    writeFileSync(go, "");
    await creating;
    expect(plugin.logs).toEqual(
      ["first", "second"].map((message) => ({
        message,
        urn: local,
        severity: severity.info,
        ephemeral: true,
      })),
    );
  });

  test("all lines of a talkative command come in order, or are counted", async () => {
    const { outputs } = await plugin.create(local, { create: "seq 1 5000" });
    expect(String(outputs.stdout).split("\n")).toHaveLength(5000);
    const numbers = shown()
      .map(Number)
      .filter((number) => !Number.isNaN(number));
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
    expect(numbers[0]).toBe(1);
  });

  test.each<[string, string[]]>([
    ["none", []],
    ["stdout", ["out"]],
    ["stderr", ["err"]],
    ["stdoutAndStderr", ["out", "err"]],
  ])("with logging %s: %j", async (logging, expected) => {
    const { outputs } = await plugin.create(local, {
      create: "echo out; sleep 0.1; echo err >&2",
      logging,
    });
    expect(shown()).toEqual(expected);
    expect(outputs).toMatchObject({ stdout: "out", stderr: "err" });
  });

  test("a secret that the command prints is not shown, but it is in the output as official", async () => {
    const { outputs } = await plugin.create(local, { create: "cat", stdin: secret("PLANTED\n") });
    expect(shown()).toEqual(["[secret]"]);
    expect(outputs.stdout).toBe("PLANTED");
  });
});

describe("errors", () => {
  const failing = 'echo "about to fail"; cat >&2; exit 7';

  test("a failed command says what it printed, without its input", async () => {
    const creating = plugin.create(local, {
      create: failing,
      stdin: "PLANTED-INPUT\nPLANTED-MORE",
    });
    await expect(creating).rejects.toThrow(
      /The command on this computer ended with exit status 7\..*about to fail.*\[secret\]/s,
    );
    await expect(creating).rejects.not.toThrow(/PLANTED/);
  });

  test("with logging none it says that there is nothing to see", async () => {
    const creating = plugin.create(local, { create: "echo PLANTED; exit 7", logging: "none" });
    await expect(creating).rejects.toThrow(/exit status 7.*Its output is not shown/s);
    const output = plugin.create(local, {
      create: "printf PLAN; printf 'TED\\n'; exit 7",
      logging: "none",
    });
    await expect(output).rejects.not.toThrow(/PLANTED/);
    expect(plugin.logs).toEqual([]);
  });

  test("a command that is a secret is not quoted", async () => {
    const creating = plugin.create(local, { create: secret("exit 7 # PLANTED") });
    await expect(creating).rejects.toThrow(/It was:\n\(a secret\)/);
    await expect(creating).rejects.not.toThrow(/PLANTED/);
  });

  test("a signal is named", async () => {
    await expect(plugin.create(local, { create: "kill -9 $$" })).rejects.toThrow(
      "ended with signal SIGKILL",
    );
  });

  test("a directory that is not there, an interpreter that is not there", async () => {
    await expect(plugin.create(local, { create: "true", dir: "/no/such" })).rejects.toThrow(
      'dir "/no/such" is not a directory on this computer',
    );
    await expect(
      plugin.create(local, { create: "true", interpreter: ["/no/such"] }),
    ).rejects.toThrow('cannot run the interpreter "/no/such"');
  });

  test("input that the command does not read is no error", async () => {
    const { outputs } = await plugin.create(local, {
      create: "exec <&-; echo done",
      stdin: "x".repeat(1_000_000),
    });
    expect(outputs.stdout).toBe("done");
  });
});

describe("a host that cannot be reached", () => {
  const connection = (fields: object) =>
    secret({
      host: "127.0.0.1",
      user: "root",
      port: 22,
      perDialTimeout: 15,
      dialErrorLimit: 1,
      password: "PLANTED-PASSWORD",
      ...fields,
    });
  let silent: Server;
  let silentPort: number;

  beforeEach(async () => {
    silent = createServer(() => {});
    silentPort = await new Promise((resolve) => {
      silent.listen(0, "127.0.0.1", () => resolve((silent.address() as { port: number }).port));
    });
  });

  afterEach(() => silent.close());

  test("refuses: host, port, attempts and cause are named, nothing secret is", async () => {
    await new Promise((resolve) => silent.close(resolve));
    const creating = plugin.create(remote, {
      create: "x",
      connection: connection({ port: silentPort }),
      stdin: "PLANTED-INPUT",
    });
    await expect(creating).rejects.toThrow(
      new RegExp(
        `root@127\\.0\\.0\\.1:${silentPort}: no connection after 2 attempts in .*dialErrorLimit 1.*ECONNREFUSED`,
      ),
    );
    await expect(creating).rejects.not.toThrow(/PLANTED/);
    expect(shown()).toEqual([
      expect.stringMatching(/^Dial 1\/1 of root@127\.0\.0\.1:\d+ failed: .*: retrying$/),
    ]);
  });

  test("is silent: each attempt ends after perDialTimeout", async () => {
    const start = Date.now();
    const creating = plugin.create(remote, {
      create: "x",
      connection: connection({ port: silentPort, perDialTimeout: 1, dialErrorLimit: 0 }),
    });
    await expect(creating).rejects.toThrow(
      /after 1 attempts .* no SSH session within 1 s \(perDialTimeout\)/,
    );
    expect(Date.now() - start).toBeLessThan(3000);
  });

  test("the resource's own timeout ends endless attempts", async () => {
    const removing = plugin.remove(
      remote,
      {
        delete: "x",
        connection: connection({ port: silentPort, dialErrorLimit: -1 }),
        stdout: "",
        stderr: "",
      },
      { timeout: 1 },
    );
    await expect(removing).rejects.toThrow(
      /given up after 1\.\d s: not done within 1 s \(customTimeouts\)/,
    );
  });

  test("a delete without a command does not connect", async () => {
    await plugin.remove(remote, {
      create: "x",
      connection: connection({}),
      stdout: "",
      stderr: "",
    });
    expect(plugin.logs).toEqual([]);
  });

  test("a key that cannot be read fails at once and is not quoted", async () => {
    const creating = plugin.create(remote, {
      create: "x",
      connection: connection({ privateKey: "PLANTED-KEY" }),
    });
    await expect(creating).rejects.toThrow(/^2 UNKNOWN: connection\.privateKey cannot be read/);
    await expect(creating).rejects.not.toThrow(/PLANTED/);
  });
});

describe("stopping", () => {
  let shared: PluginProcess;

  beforeEach(async () => {
    shared = plugin;
    plugin = await startPlugin();
  });

  afterEach(async () => {
    await plugin.stop();
    plugin = shared;
  });

  const endless = () => ({ create: `echo $$ > ${dir}/pid; sleep 600`, dir });
  const running = () => {
    try {
      return process.kill(Number(readFileSync(join(dir, "pid"), "utf8")), 0);
    } catch {
      return false;
    }
  };

  test("cancel ends what runs and lets nothing begin", async () => {
    const creating = plugin.create(local, endless());
    creating.catch(() => {});
    await until(running);
    await plugin.cancel();
    await expect(creating).rejects.toThrow("was stopped: cancelled");
    await until(() => !running());
    await expect(plugin.create(local, { create: "true" })).rejects.toThrow("cancelled");
  });

  test("the resource's own timeout ends the command", async () => {
    await expect(plugin.create(local, endless(), { timeout: 1 })).rejects.toThrow(
      "was stopped: not done within 1 s (customTimeouts)",
    );
    await until(() => !running());
  });

  test("an ended plugin takes its commands with it", async () => {
    plugin.create(local, endless()).catch(() => {});
    await until(running);
    plugin.child.kill("SIGINT");
    await until(() => plugin.child.exitCode === 130);
    await until(() => !running());
  });

  test("a plugin whose engine is killed ends too", async () => {
    const main = join(projectRoot, "toolchain", "plugins", "command", "main.js");
    // The shell stands for the engine; it says the plugin's process id, the plugin its port.
    const engine = spawn("/bin/sh", ["-c", `"${process.execPath}" "${main}" & echo $!; wait`]);
    let said = "";
    engine.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
    await until(() => said.trim().split("\n").length === 2);
    const pid = Number(said.split("\n")[0]);
    engine.kill("SIGKILL");
    await until(() => {
      try {
        return !process.kill(pid, 0);
      } catch {
        return true;
      }
    });
  }, 20_000);
});
