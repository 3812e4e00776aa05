/** `command:remote:Command` over gRPC against a real sshd. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { secret } from "../../unit/command-plugin/marks";
import {
  severity,
  startPlugin,
  urnOf,
  type PluginProcess,
} from "../../unit/command-plugin/plugin-process";
import { startAgent } from "../../ssh-agent";
import { startSshHost, type SshHost } from "./ssh-host";
import { keyPair } from "../../unit/command-plugin/key-pair";

jest.setTimeout(60_000);

const urn = urnOf("command:remote:Command", "setup");
let host: SshHost;
let plugin: PluginProcess;
const dir = mkdtempSync(join(tmpdir(), "hive-command-"));

beforeAll(async () => {
  host = await startSshHost();
  plugin = await startPlugin({ SSH_AUTH_SOCK: "" });
}, 360_000);

afterAll(async () => {
  await plugin?.stop();
  await host?.remove();
  rmSync(dir, { recursive: true, force: true });
});

beforeEach(() => {
  plugin.logs.length = 0;
});

/** A connection as root with the key and the pinned host key, or with other fields (undefined: without). */
const connection = (fields: Record<string, unknown> = {}) => {
  const all = {
    host: "127.0.0.1",
    port: host.port,
    user: "root",
    privateKey: host.privateKey,
    hostKey: host.hostKeys.ed25519,
    dialErrorLimit: 0,
    perDialTimeout: 15,
    ...fields,
  };
  return secret(Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)));
};
const address = () => `127\\.0\\.0\\.1:${host.port}`;
const create = (inputs: object, own: PluginProcess = plugin) =>
  own.create(urn, { connection: connection(), ...inputs });
const exists = async (path: string) =>
  (await host.inside(`test -e ${path} && echo yes || echo no`)) === "yes";

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 15_000;
  while (!(await holds())) {
    if (Date.now() > deadline) {
      throw new Error("waited 15 s in vain");
    }
    await pause(100);
  }
}

test("create, update and delete run on the host, each with the state it needs", async () => {
  const inputs = {
    connection: connection(),
    create: "mkdir /tmp/life && echo created && echo noted >&2",
    update: 'echo "updated after $PULUMI_COMMAND_STDOUT" | tee /tmp/life/updated',
    delete: 'test "$PULUMI_COMMAND_STDOUT" = "updated after created" && rm -r /tmp/life',
  };
  const { id, outputs } = await plugin.create(urn, inputs);
  expect(id).toMatch(/^setup[0-9a-f]{8}$/);
  expect(outputs).toEqual({ ...inputs, stdout: "created", stderr: "noted" });
  expect(await exists("/tmp/life")).toBe(true);

  const updated = await plugin.update(urn, outputs, inputs);
  expect(updated.stdout).toBe("updated after created");
  expect(await host.inside("cat /tmp/life/updated")).toBe("updated after created");

  await plugin.remove(urn, updated);
  expect(await exists("/tmp/life")).toBe(false);
});

describe("standard input", () => {
  test("arrives, also when it is long", async () => {
    const stdin = `${"0123456789abcdef".repeat(100_000)}\nlast`;
    const { outputs } = await create({ create: "wc -c; echo done", stdin: secret(stdin) });
    expect(outputs.stdout).toBe(`${stdin.length}\ndone`);
  });

  test("is at its end when there is none", async () => {
    expect((await create({ create: "cat; echo done" })).outputs.stdout).toBe("done");
  });

  test("that is not read is no error", async () => {
    const { outputs } = await create({
      create: "exec <&-; echo done",
      stdin: "x".repeat(1_000_000),
    });
    expect(outputs.stdout).toBe("done");
  });
});

describe("environment", () => {
  test("what sshd accepts arrives", async () => {
    const environment = secret({ LC_ONE: "1 and 'more'", LC_TWO: "2" });
    expect((await create({ create: 'echo "$LC_ONE $LC_TWO"', environment })).outputs.stdout).toBe(
      "1 and 'more' 2",
    );
  });

  test("what sshd refuses is an error, and the command does not run", async () => {
    const environment = { LC_ONE: "1", OTHER: "PLANTED" };
    const creating = create({ create: "touch /tmp/ran-without", environment });
    await expect(creating).rejects.toThrow(
      /The command on root@.* did not start: could not set environment variable "OTHER": .*AcceptEnv/,
    );
    await expect(creating).rejects.not.toThrow(/PLANTED/);
    expect(await exists("/tmp/ran-without")).toBe(false);
  });

  test("the last output that sshd refuses is a warning, and the command runs", async () => {
    const olds = { stdout: "out", stderr: "err" };
    const news = {
      connection: connection(),
      update: 'echo "$PULUMI_COMMAND_STDOUT|$PULUMI_COMMAND_STDERR"',
    };
    expect((await plugin.update(urn, olds, news)).stdout).toBe("out|");
    const warnings = plugin.logs.filter((line) => line.severity === severity.warning);
    expect(warnings).toEqual([
      expect.objectContaining({
        urn,
        ephemeral: false,
        message: expect.stringMatching(/^Unable to set 'PULUMI_COMMAND_STDERR'/),
      }),
    ]);
    await plugin.update(urn, olds, { ...news, addPreviousOutputInEnv: false });
    expect(plugin.logs.filter((line) => line.severity === severity.warning)).toHaveLength(1);
  });
});

describe("host keys", () => {
  test.each(["ed25519", "ecdsa", "rsa"] as const)(
    "a pinned %s key is accepted, whatever sshd prefers",
    async (type) => {
      const { outputs } = await create({
        create: "echo ok",
        connection: connection({ hostKey: host.hostKeys[type] }),
      });
      expect(outputs.stdout).toBe("ok");
    },
  );

  test("without one, every host is accepted, as official", async () => {
    const unpinned = connection({ hostKey: undefined });
    expect((await create({ create: "echo ok", connection: unpinned })).outputs.stdout).toBe("ok");
  });

  test("another one is refused, with both fingerprints, before anything is sent", async () => {
    const hostKey = keyPair().public;
    const creating = create({
      create: "touch /tmp/ran-anyway",
      connection: connection({ hostKey }),
    });
    await expect(creating).rejects.toThrow(
      new RegExp(
        `root@${address()}: no connection .*host key is not the pinned one.* SHA256:\\S+, .* SHA256:\\S+`,
      ),
    );
    expect(await exists("/tmp/ran-anyway")).toBe(false);
  });
});

describe("credentials", () => {
  test("a password", async () => {
    const fields = { user: "tester", password: host.password, privateKey: undefined };
    const given = connection(fields);
    expect((await create({ create: "whoami", connection: given })).outputs.stdout).toBe("tester");
  });

  test("an encrypted key", async () => {
    const keys = keyPair("pass");
    await host.inside("cat >> /root/.ssh/authorized_keys", `\n${keys.public}\n`);
    const fields = { privateKey: keys.private, privateKeyPassword: "pass" };
    expect(
      (await create({ create: "whoami", connection: connection(fields) })).outputs.stdout,
    ).toBe("root");
  });

  test("an agent, given or from the environment", async () => {
    const path = join(dir, "agent.sock");
    const agent = await startAgent(path, host.privateKey);
    const given = connection({ privateKey: undefined, agentSocketPath: path });
    expect((await create({ create: "whoami", connection: given })).outputs.stdout).toBe("root");
    const other = await startPlugin({ SSH_AUTH_SOCK: path });
    try {
      const unsaid = connection({ privateKey: undefined });
      expect((await create({ create: "whoami", connection: unsaid }, other)).outputs.stdout).toBe(
        "root",
      );
    } finally {
      await other.stop();
      agent.close();
    }
  });

  test("wrong ones are refused, and not quoted", async () => {
    const fields = { user: "tester", password: "PLANTED-PASSWORD", dialErrorLimit: 1 };
    const creating = create({ create: "whoami", connection: connection(fields) });
    await expect(creating).rejects.toThrow(
      new RegExp(`tester@${address()}: no connection after 2 attempts .*refused the credentials`),
    );
    await expect(creating).rejects.not.toThrow(/PLANTED|PRIVATE KEY/);
  });
});

describe("a proxy", () => {
  const through = (proxy: object = {}, fields: object = {}) =>
    connection({
      port: 22, // as the proxy sees the host: itself
      ...fields,
      proxy: {
        host: "127.0.0.1",
        port: host.port,
        user: "tester",
        password: host.password,
        hostKey: host.hostKeys.ed25519,
        dialErrorLimit: 0,
        perDialTimeout: 15,
        ...proxy,
      },
    });

  test("leads to the host, and nothing stays open", async () => {
    const { outputs } = await create({ create: "echo $SSH_CLIENT", connection: through() });
    expect(outputs.stdout).toMatch(/^127\.0\.0\.1 /);
    await until(async () => (await host.openConnections()) === 0);
  });

  test("that cannot be reached is named as the proxy", async () => {
    const creating = create({
      create: "true",
      connection: through({ hostKey: keyPair().public }),
    });
    await expect(creating).rejects.toThrow(
      new RegExp(`proxy tester@${address()}: no connection .*pinned`),
    );
  });

  test("a host behind it that cannot be reached is named with both, and nothing stays open", async () => {
    const creating = create({ create: "true", connection: through({}, { port: 1 }) });
    await expect(creating).rejects.toThrow(
      new RegExp(
        `root@127\\.0\\.0\\.1:1 through proxy tester@${address()}: no connection .*the proxy does not reach it`,
      ),
    );
    await until(async () => (await host.openConnections()) === 0);
  });
});

test("30 commands at once all run, and leave no connection open", async () => {
  const all = Array.from({ length: 30 }, (_, index) =>
    create({ create: `sleep 0.2; echo ${index}` }),
  );
  const printed = (await Promise.all(all)).map(({ outputs }) => outputs.stdout);
  expect(printed).toEqual(Array.from({ length: 30 }, (_, index) => String(index)));
  await until(async () => (await host.openConnections()) === 0);
});

describe("failures", () => {
  test("the exit status and the output are told, the input is not", async () => {
    const creating = create({
      create: "echo before; cat >&2; exit 9",
      stdin: "PLANTED-INPUT\nPLANTED-TOO",
    });
    await expect(creating).rejects.toThrow(
      new RegExp(
        `The command on root@${address()} ended with exit status 9\\..*before.*\\[secret\\]`,
        "s",
      ),
    );
    await expect(creating).rejects.not.toThrow(/PLANTED/);
    await until(async () => (await host.openConnections()) === 0);
  });

  test("with logging none, the output is not", async () => {
    const creating = create({ create: "cat /etc/passwd; exit 9", logging: "none" });
    await expect(creating).rejects.toThrow(/exit status 9.*not shown/s);
    await expect(creating).rejects.not.toThrow(/nologin/);
    expect(plugin.logs).toEqual([]);
  });

  test("a signal is named", async () => {
    await expect(create({ create: "kill -KILL $$" })).rejects.toThrow(
      /ended with signal (SIG)?KILL/,
    );
  });

  test("a connection that breaks is not taken for success", async () => {
    await expect(create({ create: "kill -KILL $PPID; sleep 5" })).rejects.toThrow(
      /ended with (no exit status|a lost connection)/,
    );
  });

  test("cancel stops the command on the host and closes the connection", async () => {
    const own = await startPlugin({ SSH_AUTH_SOCK: "" });
    try {
      // sshd passes the signal on for every user but root.
      const asTester = { user: "tester", password: host.password, privateKey: undefined };
      const command =
        "trap 'touch /tmp/terminated; exit 1' TERM; touch /tmp/waiting; sleep 600 & wait";
      const creating = create({ create: command, connection: connection(asTester) }, own);
      creating.catch(() => {});
      await until(() => exists("/tmp/waiting"));
      await own.cancel();
      await expect(creating).rejects.toThrow(
        new RegExp(`The command on tester@${address()} was stopped: cancelled`),
      );
      await until(() => exists("/tmp/terminated"));
      await until(async () => (await host.openConnections()) === 0);
    } finally {
      await own.stop();
    }
  });
});

describe("a host that is silent", () => {
  afterEach(() => host.thaw().catch(() => {}));

  test("is given up after dialErrorLimit and named", async () => {
    await host.freeze();
    const fields = { dialErrorLimit: 1, perDialTimeout: 1 };
    await expect(create({ create: "true", connection: connection(fields) })).rejects.toThrow(
      new RegExp(
        `root@${address()}: no connection after 2 attempts in .*dialErrorLimit 1.*perDialTimeout`,
      ),
    );
  });

  test("is reached as soon as it answers, with any number of errors allowed", async () => {
    await host.freeze();
    const fields = { dialErrorLimit: -1, perDialTimeout: 1 };
    const creating = create({ create: "echo up", connection: connection(fields) });
    await until(async () =>
      Promise.resolve(
        plugin.logs.filter(({ message }) => /^Dial \d\/inf/.test(message)).length >= 2,
      ),
    );
    await host.thaw();
    expect((await creating).outputs.stdout).toBe("up");
  });
});
