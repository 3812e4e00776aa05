import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type Dockerode from "dockerode";

import { generateOpenSshKeyPair } from "../../providers/ssh-key-pair/openssh-key";
import { saveStageKey } from "../../providers/ssh-key-pair/stage-key";
import { runChecked, runCommand } from "../../providers/transport/command";
import { withEngine } from "../../providers/transport/engine";
import type { HostAccess } from "../../providers/transport/host-access";
import { withAnyManager } from "../../providers/transport/manager";
import { closeIdleConnections } from "../../providers/transport/pool";
import { withEnvironment } from "../environment";
import { operatorKeyFile } from "../operator-key";
import { startAgent } from "../ssh-agent";
import { type FakeHost, startFakeHost } from "./fake/fake-host";

const big = Buffer.alloc(5 * 1024 * 1024, "x");
let host: FakeHost;
let other: FakeHost;

beforeAll(async () => {
  host = await startFakeHost(
    "hive0.example",
    async ({ method, path, body }) => {
      if (path === "/_ping") return { status: 200, body: "OK" };
      // Never answers.
      if (path === "/slow") await new Promise(() => undefined);
      if (path === "/containers/json") await new Promise((resolve) => setTimeout(resolve, 50));
      if (path === "/containers/json") return { status: 200, body: [] };
      if (path === "/images/big/get") return { status: 200, body: big };
      if (method === "POST")
        return { status: 409, body: { message: `no ${JSON.stringify(body)}` } };
      return { status: 200, body: {} };
    },
    (command, stdin) =>
      command.startsWith("false")
        ? { code: 3, stderr: "first line\nit is broken\n" }
        : { code: 0, stdout: `${command}: ${stdin}` },
  );
  other = await startFakeHost("hive1.example");
});
afterAll(async () => {
  closeIdleConnections();
  await Promise.all([host.stop(), other.stop()]);
});

/** A place for a key that is not the operator's. */
const folder = mkdtempSync(join(tmpdir(), "hive-transport-"));
const otherKey = (): string => join(folder, "other");
afterAll(() => rmSync(folder, { recursive: true }));

/** Logs in anew, with another key file. */
async function withKey<T>(file: string, use: () => Promise<T>): Promise<T> {
  return await withNewLogin({ HIVE_SSH_KEY: file }, use);
}

/** Logs in anew, with what these variables name; the next call does so too. */
async function withNewLogin<T>(
  variables: Readonly<Record<string, string>>,
  use: () => Promise<T>,
): Promise<T> {
  closeIdleConnections();
  try {
    return await withEnvironment(variables, use);
  } finally {
    closeIdleConnections();
  }
}

/** Asks the host's engine for a sign of life. */
const ping = (access: HostAccess): Promise<unknown> =>
  withEngine(access, (docker) => docker.ping());

/** The message of what is thrown. */
async function messageOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Error)) throw new Error("Nothing was thrown.");
  return error.message;
}

/** A request that the engine takes and never answers. */
function askSlow(docker: Dockerode): Promise<unknown> {
  return new Promise((resolve, reject) =>
    docker.modem.dial(
      { path: "/slow", method: "GET", statusCodes: { 200: true } },
      (error: Error | null, data: unknown) => (error === null ? resolve(data) : reject(error)),
    ),
  );
}

describe("commands", () => {
  test("give their input to the command and its output back", async () => {
    const result = await runCommand(host.access, "cat", { stdin: "hello" });
    expect(result).toEqual({ stdout: "cat: hello", stderr: "", code: 0 });
  });

  test("that fail are errors with host, code and the end of the output, never with the input", async () => {
    const message = await messageOf(
      runChecked(host.access, "false --now", { stdin: "planted-secret" }),
    );
    expect(message).toContain("hive0.example (127.0.0.1:");
    expect(message).toContain("'false --now' ended with exit code 3");
    expect(message).toContain("it is broken");
    expect(message).not.toContain("planted-secret");
  });
});

describe("the engine", () => {
  test("answers over the host's one connection, through at most eight channels at a time", async () => {
    const before = host.connections;
    await Promise.all(
      Array.from({ length: 40 }, () =>
        withEngine(host.access, (docker) => docker.listContainers()),
      ),
    );
    expect(host.connections - before).toBeLessThanOrEqual(1);
    expect(host.mostRequests).toBe(8);
  });

  test("streams megabytes whole", async () => {
    const received = await withEngine(host.access, async (docker) => {
      const stream = await docker.getImage("big").get();
      let length = 0;
      for await (const chunk of stream) length += (chunk as Buffer).length;
      return length;
    });
    expect(received).toBe(big.length);
  });

  test("keeps the status of a refusal and names the host", async () => {
    await expect(
      withEngine(host.access, (docker) => docker.createVolume({ Name: "data" })),
    ).rejects.toMatchObject({
      statusCode: 409,
      message: expect.stringMatching(
        /^Docker Engine of hive0\.example: .*no \{"Name":"data"\}/,
      ) as string,
    });
  });

  test("that does not answer in time is an error that may be tried again", async () => {
    await expect(
      withEngine(host.access, (docker) => docker.getVolume("slow").inspect(), {
        deadlineSeconds: 0.001,
      }),
    ).rejects.toMatchObject({ kind: "deadline", retriable: true });
  });

  test("that keeps requests without an answer keeps no channel after the deadline", async () => {
    const kept = Array.from({ length: 8 }, () =>
      withEngine(host.access, askSlow, { deadlineSeconds: 1 }),
    );
    for (const { status } of await Promise.allSettled(kept)) expect(status).toBe("rejected");
    await withEngine(host.access, (docker) => docker.ping(), { deadlineSeconds: 2 });
  });

  test("is reached again after the connection was lost, and says so to whoever used it", async () => {
    const slow = withEngine(host.access, askSlow);
    const failed = expect(slow).rejects.toMatchObject({ kind: "lost", retriable: true });
    await new Promise((resolve) => setTimeout(resolve, 100));
    host.drop();
    await failed;
    await expect(withEngine(host.access, (docker) => docker.listContainers())).resolves.toEqual([]);
  });
});

describe("a host that is not what it should be", () => {
  test("with another host key is refused, with both fingerprints", async () => {
    const message = await messageOf(ping({ ...host.access, hostKey: other.access.hostKey }));
    expect(message).toMatch(
      /hive0\.example .* presented the host key SHA256:\S+, but SHA256:\S+ is pinned/,
    );
    expect(message).toContain("Nothing was sent to it");
  });

  test("without a pinned key is never connected to", async () => {
    const before = host.connections;
    expect(await messageOf(ping({ ...host.access, hostKey: "" }))).toMatch(/is not a public key/);
    expect(host.connections).toBe(before);
  });

  test("that does not know the key or the user says so", async () => {
    expect(await messageOf(ping({ ...host.access, user: "root" }))).toMatch(
      /does not let user 'root' in with the key file .*hive:operators/,
    );
    writeFileSync(otherKey(), generateOpenSshKeyPair("someone else").privateKey, { mode: 0o600 });
    expect(await withKey(otherKey(), () => messageOf(ping(host.access)))).toMatch(
      /does not let user 'hive' in/,
    );
  });

  test("where nothing listens says so at once", async () => {
    const begin = Date.now();
    expect(await messageOf(ping({ ...host.access, port: 1 }))).toMatch(
      /Cannot reach hive0\.example \(127\.0\.0\.1:1\): nothing listens on its SSH port/,
    );
    expect(Date.now() - begin).toBeLessThan(1000);
  });
});

test("a host that takes its time is given up by who cannot wait, and by nobody else", async () => {
  const slow = createServer((socket) => {
    const through = connect(host.access.port, "127.0.0.1");
    for (const end of [socket, through]) end.on("error", () => undefined);
    setTimeout(() => void socket.pipe(through).pipe(socket), 1500);
  });
  await new Promise<void>((resolve) => slow.listen(0, "127.0.0.1", resolve));
  const access = { ...host.access, port: (slow.address() as AddressInfo).port };
  const ask = (dialSeconds: number): Promise<unknown> =>
    withEngine(access, (docker) => docker.ping(), { dialSeconds, deadlineSeconds: 20 });
  try {
    const [hasty, patient] = await Promise.allSettled([ask(0.3), ask(15)]);
    expect(hasty).toMatchObject({ status: "rejected", reason: { kind: "unreachable" } });
    expect(patient).toMatchObject({ status: "fulfilled" });
  } finally {
    closeIdleConnections();
    slow.close();
  }
});

describe("any manager", () => {
  const manager = (name: string): Promise<FakeHost> =>
    startFakeHost(name, ({ path }) =>
      path === "/info"
        ? {
            status: 200,
            body: { Swarm: { NodeID: "n", LocalNodeState: "active", ControlAvailable: true } },
          }
        : { status: 200, body: [] },
    );
  const who = (managers: readonly HostAccess[]): Promise<string> =>
    withAnyManager(managers, (_docker, { name }) => Promise.resolve(name));

  test("will do: a host that takes connections and never speaks costs a moment, and is not asked first again", async () => {
    const good = await manager("good.example");
    const mute = createServer((socket) => socket.resume());
    await new Promise<void>((resolve) => mute.listen(0, "127.0.0.1", resolve));
    const { port } = mute.address() as AddressInfo;
    const managers = [{ ...good.access, name: "mute.example", port }, good.access];
    try {
      const begin = Date.now();
      expect(await who(managers)).toBe("good.example");
      expect(Date.now() - begin).toBeLessThan(2500);
      const connected = new Promise((resolve) => mute.once("connection", () => resolve("asked")));
      expect(await who(managers)).toBe("good.example");
      expect(await Promise.race([connected, Promise.resolve("left alone")])).toBe("left alone");
    } finally {
      mute.close();
      await good.stop();
    }
  });

  describe("while no leader is elected", () => {
    /**
     * Hosts of which the last `living` are managers, which have no leader for some seconds; the
     * others are dead.
     */
    const leaderless = async (
      { living, of }: { living: number; of: number },
      seconds: number,
    ): Promise<{ managers: HostAccess[]; stop: () => Promise<unknown> }> => {
      const elected = Date.now() + seconds * 1000;
      const swarm = { NodeID: "n", LocalNodeState: "active", ControlAvailable: true };
      const hosts = await Promise.all(
        Array.from({ length: living }, (_, index) =>
          startFakeHost(`living${index}.example`, ({ path }) => {
            if (path === "/info") return { status: 200, body: { Swarm: swarm } };
            return Date.now() > elected
              ? { status: 200, body: [] }
              : { status: 500, body: { message: "The swarm does not have a leader." } };
          }),
        ),
      );
      const dead = Array.from({ length: of - living }, (_, index) => ({
        ...host.access,
        name: `dead${index}.example`,
        port: 1,
      }));
      return {
        managers: [...dead, ...hosts.map(({ access }) => access)],
        stop: () => Promise.all(hosts.map((started) => started.stop())),
      };
    };

    test.each([
      { living: 2, of: 3 },
      { living: 3, of: 5 },
    ])("$living of $of, a majority, are waited for", async (counts) => {
      const { managers, stop } = await leaderless(counts, 10);
      try {
        expect(await who(managers)).toMatch(/^living/);
      } finally {
        await stop();
      }
    });

    test.each([
      { living: 1, of: 2 },
      { living: 1, of: 3 },
      { living: 2, of: 5 },
    ])("$living of $of, which will never elect one, are not", async (counts) => {
      const { managers, stop } = await leaderless(counts, 60);
      const begin = Date.now();
      try {
        expect(await messageOf(who(managers))).toMatch(
          /No Swarm manager with quorum[^]*dead0\.example: Cannot reach[^]*living0\.example: .*(does not have a leader|too few of the managers)/,
        );
        expect(Date.now() - begin).toBeLessThan(12_000);
      } finally {
        await stop();
      }
    });
  });

  test("that has no quorum or is none is passed over, and the error tells why for each", async () => {
    const worker = await startFakeHost("worker.example", () => ({
      status: 200,
      body: { Swarm: { NodeID: "n", LocalNodeState: "active", ControlAvailable: false } },
    }));
    const { access } = worker;
    const refused = { ...access, name: "refused.example", port: 1 };
    try {
      const message = await messageOf(who([refused, access]));
      expect(message).toMatch(/No Swarm manager with quorum among 2 host\(s\):/);
      expect(message).toMatch(/- refused\.example: Cannot reach .*connection refused/);
      expect(message).toMatch(/- worker\.example: is not a Swarm manager/);
      expect(message).toMatch(/Bring back enough managers/);
    } finally {
      await worker.stop();
    }
  });

  test("of which all refuse this computer is no state of the Swarm, and is told apart from one", async () => {
    const stranger = { ...host.access, user: "nobody" };
    const error = await who([stranger, { ...other.access, user: "nobody" }]).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ kind: "login" });
    expect(String(error)).toMatch(/No server of the Swarm lets this computer in:[^]*'nobody'/);
    const half = who([stranger, { ...other.access, port: 1 }]);
    await expect(half).rejects.toMatchObject({ kind: "manager" });
  });
});

describe("the operator's key", () => {
  const use = (file: string): Promise<string> =>
    withKey(file, () => messageOf(withEngine(host.access, (docker) => docker.ping())));

  test("in a file that is missing is named", async () => {
    expect(await use("/nowhere/key")).toMatch(/private key file \/nowhere\/key does not exist/);
  });

  test("in a file that others can read is refused, with the command that mends it", async () => {
    writeFileSync(otherKey(), readFileSync(operatorKeyFile()));
    chmodSync(otherKey(), 0o644);
    expect(await use(otherKey())).toMatch(/open to others \(mode 0644\)\. Run: chmod 600 '/);
  });

  test("in a file that holds something else is refused without showing it", async () => {
    writeFileSync(otherKey(), "planted-secret");
    chmodSync(otherKey(), 0o600);
    const message = await use(otherKey());
    expect(message).toMatch(/does not contain a usable private key/);
    expect(message).not.toContain("planted-secret");
  });

  test("with a passphrase is left to the agent", async () => {
    rmSync(otherKey());
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "planted-word", "-f", otherKey()]);
    expect(await use(otherKey())).toMatch(/has a passphrase.*ssh-add '/);
  });

  test("that is nowhere is asked for", async () => {
    const home = mkdtempSync(join(tmpdir(), "hive-no-key-"));
    expect(
      await withNewLogin({ HIVE_SSH_KEY: "", HIVE_HOME: home }, () => messageOf(ping(host.access))),
    ).toMatch(/has no SSH key for the stage private\. Set HIVE_SSH_KEY/);
  });

  test("that was generated for the stage is found below .hive", async () => {
    const home = mkdtempSync(join(tmpdir(), "hive-stage-key-"));
    await withNewLogin({ HIVE_SSH_KEY: "", HIVE_HOME: home }, async () => {
      saveStageKey("private", readFileSync(operatorKeyFile(), "utf8"));
      expect(await ping(host.access)).toBeDefined();
    });
  });

  test("in an agent opens a host, after a key that does not", async () => {
    const socket = join(folder, "agent");
    const agent = await startAgent(socket, readFileSync(operatorKeyFile(), "utf8"));
    try {
      writeFileSync(otherKey(), generateOpenSshKeyPair("other").privateKey, { mode: 0o600 });
      chmodSync(otherKey(), 0o600);
      const answer = await withNewLogin({ HIVE_SSH_KEY: otherKey(), SSH_AUTH_SOCK: socket }, () =>
        ping(host.access),
      );
      expect(answer).toBeDefined();
    } finally {
      agent.close();
    }
  });

  test("in a file still works beside an agent that is gone", async () => {
    const answer = await withNewLogin({ SSH_AUTH_SOCK: "/nowhere/agent" }, () => ping(host.access));
    expect(answer).toBeDefined();
  });
});
